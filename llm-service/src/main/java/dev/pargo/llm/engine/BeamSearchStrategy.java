package dev.pargo.llm.engine;

import dev.pargo.llm.engine.GenerationListener.Piece;
import dev.pargo.models.llm.KvCache;
import dev.pargo.models.llm.Logits;
import dev.pargo.models.llm.Step;
import dev.pargo.models.tokenizer.Detokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A beam search over slots: each open beam owns one. A beam's first continuation stays in its slot; only further ones
 * need a copy of what the beam has written, never of the prompt, which all slots hold.
 */
final class BeamSearchStrategy implements DecodingStrategy {

    private final BeamScorer search;
    private final GenerationRequest request;
    private final int room;
    private final Detokenizer detokenizer;
    private final KvCache cache;
    private final Consumer<Piece> pieces;
    private final int[] slots;

    /** Slot of each open beam. */
    private int[] slotOfBeam;

    private int written;
    private BeamScorer.@Nullable Hypothesis answer;

    /** @param slots one for each beam; the first has read the prompt */
    BeamSearchStrategy(
            BeamScorer search,
            GenerationRequest request,
            int room,
            Detokenizer detokenizer,
            int[] slots,
            KvCache cache,
            Consumer<Piece> pieces) {
        this.search = search;
        this.request = request;
        this.room = Math.min(room, request.maxTokens());
        this.detokenizer = detokenizer;
        this.slots = slots;
        this.slotOfBeam = new int[] {slots[0]};
        this.cache = cache;
        this.pieces = pieces;
    }

    @Override
    public List<Step.Tokens> tokens() {
        List<Step.Tokens> rows = new ArrayList<>();
        for (int beam = 0; beam < slotOfBeam.length; beam++) {
            List<Integer> ids = search.beams().get(beam).ids();
            rows.add(new Step.Tokens(slotOfBeam[beam], request.promptTokens() + written - 1, ids.get(ids.size() - 1)));
        }
        return rows;
    }

    @Override
    public void decide(Logits logits, int row, Sampler draws) {
        int[] rows = new int[slotOfBeam.length];
        Arrays.setAll(rows, i -> row + i);
        try (Logits own = logits.select(rows)) {
            search.advance(own.continueBeams(search.scores(), search.candidates()));
        }
        if (written == 0) {
            copyPrompt();
        }
        written++;
        if (search.isDone() || written >= room) {
            finish();
        } else {
            moveBeams();
        }
    }

    private void copyPrompt() {
        int[] others = Arrays.copyOfRange(slots, 1, slots.length);
        int[] from = new int[others.length];
        Arrays.fill(from, slots[0]);
        cache.copy(from, others, 0, request.promptTokens());
    }

    /** Gives every open beam a slot with what its parent has written. */
    private void moveBeams() {
        int[] parents = search.parents();
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

    private void finish() {
        BeamScorer.Hypothesis best = search.best();
        answer = best;
        AnswerText text = new AnswerText(detokenizer, request.stop());
        StringBuilder whole = new StringBuilder();
        for (int id : best.ids()) {
            if (!request.stopIds().contains(id) && !text.stopped()) {
                whole.append(text.append(id, true));
            }
        }
        whole.append(text.finish());
        StopReason reason = best.cut() && !text.stopped() ? StopReason.LENGTH : StopReason.STOP;
        pieces.accept(new Piece(0, whole.toString(), ints(best.ids()), List.of(), reason));
    }

    @Override
    public boolean isComplete() {
        return answer != null;
    }

    @Override
    public int tokensWritten() {
        return answer == null ? written : answer.ids().size();
    }

    @Override
    public int draftTokens() {
        return 0;
    }

    /** Beams are copied to and fro; only the prompt is worth remembering. */
    @Override
    public List<long[]> written() {
        return Arrays.stream(slots).mapToObj(slot -> new long[0]).toList();
    }

    private static int[] ints(List<Integer> numbers) {
        return numbers.stream().mapToInt(Integer::intValue).toArray();
    }
}
