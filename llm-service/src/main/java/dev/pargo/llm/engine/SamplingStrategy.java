package dev.pargo.llm.engine;

import dev.pargo.llm.engine.GenerationListener.Piece;
import dev.pargo.models.llm.Logits;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One or several sequences that are sampled independently. The prompt is read into the table of the first; the others
 * start with its pages.
 */
final class SamplingStrategy implements DecodingStrategy {

    private final List<Sequence> sequences;
    private final int promptTokens;
    private final SortedMap<Integer, BlockTable> tables;

    /** @param tables of the group */
    SamplingStrategy(List<Sequence> sequences, int promptTokens, SortedMap<Integer, BlockTable> tables) {
        this.sequences = sequences;
        this.promptTokens = promptTokens;
        this.tables = tables;
    }

    private List<Sequence> open() {
        return sequences.stream().filter(sequence -> !sequence.isComplete()).toList();
    }

    @Override
    public List<SequenceRows> nextRows() {
        return open().stream()
                .map(sequence -> new SequenceRows(
                        tables.get(sequence.index()), promptTokens + sequence.tokens() - 1, sequence.nextTokens()))
                .toList();
    }

    @Override
    public List<Sampler.Draw> draws(int firstRow, List<SequenceRows> rows) {
        if (rows.isEmpty()) {
            return sequences.stream()
                    .map(sequence -> sequence.draw(firstRow, new int[0]))
                    .toList();
        }
        List<Sequence> open = open();
        List<Sampler.Draw> draws = new ArrayList<>();
        int row = firstRow;
        for (int i = 0; i < open.size(); i++) {
            int[] ids = rows.get(i).ids();
            draws.add(open.get(i).draw(row, Arrays.copyOfRange(ids, 1, ids.length)));
            row += ids.length;
        }
        return draws;
    }

    @Override
    public List<Piece> advance(Logits logits, int firstRow, List<Sampler.Drawn> drawn) {
        if (tokensWritten() == 0) {
            for (Sequence other : sequences.subList(1, sequences.size())) {
                tables.put(other.index(), tables.get(0).fork());
            }
        }
        return drawn.stream()
                .map(each -> each.draw().sequence().append(each, logits))
                .toList();
    }

    @Override
    public boolean isComplete() {
        return open().isEmpty();
    }

    @Override
    public boolean isComplete(int sequence) {
        return sequences.get(sequence).isComplete();
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
    public int[] cachedIds(int sequence) {
        return sequences.get(sequence).cachedIds();
    }

    @Override
    public SortedMap<Integer, int[]> openIds() {
        SortedMap<Integer, int[]> ids = new TreeMap<>();
        open().forEach(sequence -> ids.put(sequence.index(), sequence.ids()));
        return ids;
    }
}
