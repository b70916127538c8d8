package dev.pargo.llm.engine;

import dev.pargo.llm.engine.GenerationListener.Piece;
import dev.pargo.models.llm.KvCache;
import dev.pargo.models.llm.Logits;
import dev.pargo.models.llm.Step;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One or several sequences that are sampled independently. Each owns a slot; the prompt is read into the slot of the
 * first.
 */
final class SamplingStrategy implements DecodingStrategy {

    private final List<Sequence> sequences;
    private final int promptTokens;
    private final KvCache cache;
    private int[] slots = {};

    SamplingStrategy(List<Sequence> sequences, int promptTokens, KvCache cache) {
        this.sequences = sequences;
        this.promptTokens = promptTokens;
        this.cache = cache;
    }

    @Override
    public void use(int[] own) {
        slots = own.clone();
    }

    private List<Sequence> open() {
        return sequences.stream().filter(sequence -> !sequence.isComplete()).toList();
    }

    @Override
    public List<Step.Tokens> nextTokens() {
        return open().stream()
                .map(sequence -> new Step.Tokens(
                        slots[sequence.index()], promptTokens + sequence.tokens() - 1, sequence.nextTokens()))
                .toList();
    }

    @Override
    public List<Sampler.Draw> draws(int firstRow, List<Step.Tokens> tokens) {
        if (tokens.isEmpty()) {
            return sequences.stream()
                    .map(sequence -> sequence.draw(firstRow, new int[0]))
                    .toList();
        }
        List<Sequence> open = open();
        List<Sampler.Draw> draws = new ArrayList<>();
        int row = firstRow;
        for (int i = 0; i < open.size(); i++) {
            int[] ids = tokens.get(i).ids();
            draws.add(open.get(i).draw(row, Arrays.copyOfRange(ids, 1, ids.length)));
            row += ids.length;
        }
        return draws;
    }

    @Override
    public List<Piece> advance(Logits logits, int firstRow, List<Sampler.Drawn> drawn) {
        if (tokensWritten() == 0) {
            copyPrompt();
        }
        return drawn.stream()
                .map(each -> each.draw().sequence().append(each, logits))
                .toList();
    }

    private void copyPrompt() {
        int[] others = Arrays.copyOfRange(slots, 1, slots.length);
        int[] from = new int[others.length];
        Arrays.fill(from, slots[0]);
        cache.copy(from, others, 0, promptTokens);
    }

    @Override
    public boolean isComplete() {
        return open().isEmpty();
    }

    @Override
    public int tokensWritten() {
        return sequences.stream().mapToInt(Sequence::tokens).sum();
    }

    @Override
    public int acceptedDrafts() {
        return sequences.stream().mapToInt(Sequence::acceptedDrafts).sum();
    }

    @Override
    public List<int[]> cachedIds() {
        return sequences.stream().map(Sequence::cachedIds).toList();
    }

    @Override
    public List<int[]> openIds() {
        return sequences.stream()
                .map(sequence -> sequence.isComplete() ? new int[0] : sequence.ids())
                .toList();
    }
}
