package dev.pargo.llm.engine;

import dev.pargo.llm.engine.GenerationListener.Piece;
import dev.pargo.models.llm.KvCache;
import dev.pargo.models.llm.Logits;
import dev.pargo.models.llm.Step;
import dev.pargo.models.tokenizer.Detokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Beam search over slots: each open beam owns one. A beam's first continuation stays in its slot. Further continuations
 * get a copy of what the beam has written; the prompt is copied once, to all slots.
 */
final class BeamSearchStrategy implements DecodingStrategy {

    private final BeamScorer scorer;
    private final GenerationRequest request;
    private final int limit;
    private final Detokenizer detokenizer;
    private final KvCache cache;

    private int[] slots = {};

    /** Slot of each open beam. */
    private int[] slotOfBeam = {};

    private int written;
    private BeamScorer.@Nullable Hypothesis best;

    /** @param room largest number of positions of a beam in its slot */
    BeamSearchStrategy(BeamScorer scorer, GenerationRequest request, int room, Detokenizer detokenizer, KvCache cache) {
        this.scorer = scorer;
        this.request = request;
        this.limit = Math.min(room, request.maxTokens());
        this.detokenizer = detokenizer;
        this.cache = cache;
    }

    @Override
    public void use(int[] own) {
        slotOfBeam = slots.length == 0
                ? new int[] {own[0]}
                : Arrays.stream(slotOfBeam).map(slot -> own[index(slot)]).toArray();
        slots = own.clone();
    }

    private int index(int slot) {
        return IntStream.range(0, slots.length)
                .filter(i -> slots[i] == slot)
                .findFirst()
                .orElseThrow();
    }

    @Override
    public List<Step.Tokens> nextTokens() {
        List<Step.Tokens> rows = new ArrayList<>();
        for (int beam = 0; beam < slotOfBeam.length; beam++) {
            List<Integer> ids = scorer.beams().get(beam).ids();
            rows.add(new Step.Tokens(slotOfBeam[beam], request.promptTokens() + written - 1, ids.get(ids.size() - 1)));
        }
        return rows;
    }

    /** Beams are not sampled. */
    @Override
    public List<Sampler.Draw> draws(int firstRow, List<Step.Tokens> tokens) {
        return List.of();
    }

    @Override
    public List<Piece> advance(Logits logits, int firstRow, List<Sampler.Drawn> drawn) {
        int[] rows = IntStream.range(firstRow, firstRow + slotOfBeam.length).toArray();
        try (Logits own = logits.select(rows)) {
            scorer.advance(own.continueBeams(scorer.scores(), scorer.candidates()));
        }
        if (written == 0) {
            copyPrompt();
        }
        written++;
        if (scorer.isDone() || written >= limit) {
            best = scorer.best();
            return List.of(text(best));
        }
        moveBeams();
        return List.of();
    }

    private void copyPrompt() {
        int[] others = Arrays.copyOfRange(slots, 1, slots.length);
        int[] from = new int[others.length];
        Arrays.fill(from, slots[0]);
        cache.copy(from, others, 0, request.promptTokens());
    }

    /** Gives every open beam a slot with what its parent has written. */
    private void moveBeams() {
        int[] parents = scorer.parents();
        int[] next = new int[parents.length];
        Arrays.fill(next, -1);
        List<Integer> unclaimed = new ArrayList<>(Arrays.stream(slots).boxed().toList());
        for (int beam = 0; beam < parents.length; beam++) {
            Integer parentSlot = slotOfBeam[parents[beam]];
            if (unclaimed.remove(parentSlot)) {
                next[beam] = parentSlot;
            }
        }
        List<Integer> from = new ArrayList<>();
        List<Integer> to = new ArrayList<>();
        for (int beam = 0; beam < parents.length; beam++) {
            if (next[beam] < 0) {
                next[beam] = unclaimed.remove(0);
                from.add(slotOfBeam[parents[beam]]);
                to.add(next[beam]);
            }
        }
        slotOfBeam = next;
        // The newest token of each beam is read in the next step.
        int begin = request.promptTokens();
        cache.copy(ints(from), ints(to), begin, begin + written - 1);
    }

    private Piece text(BeamScorer.Hypothesis hypothesis) {
        AnswerText text = new AnswerText(detokenizer, request.stop());
        StringBuilder whole = new StringBuilder();
        for (int id : hypothesis.ids()) {
            if (!request.stopIds().contains(id) && !text.stopped()) {
                whole.append(text.append(id, true));
            }
        }
        whole.append(text.finish());
        StopReason reason = hypothesis.cut() && !text.stopped() ? StopReason.LENGTH : StopReason.STOP;
        return new Piece(0, whole.toString(), ints(hypothesis.ids()), List.of(), List.of(), reason);
    }

    @Override
    public boolean isComplete() {
        return best != null;
    }

    @Override
    public int tokensWritten() {
        return best == null ? written : best.ids().size();
    }

    @Override
    public int acceptedDrafts() {
        return 0;
    }

    @Override
    public List<int[]> cachedIds() {
        return openIds().stream()
                .map(ids -> Arrays.copyOf(ids, Math.max(0, ids.length - 1)))
                .toList();
    }

    @Override
    public List<int[]> openIds() {
        List<int[]> ids = new ArrayList<>(Collections.nCopies(slots.length, new int[0]));
        // After the last step the beams have not been given their slots.
        for (int beam = 0; beam < slotOfBeam.length && best == null; beam++) {
            ids.set(index(slotOfBeam[beam]), ints(scorer.beams().get(beam).ids()));
        }
        return ids;
    }

    private static int[] ints(List<Integer> numbers) {
        return numbers.stream().mapToInt(Integer::intValue).toArray();
    }
}
