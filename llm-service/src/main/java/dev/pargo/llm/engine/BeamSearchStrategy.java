package dev.pargo.llm.engine;

import dev.pargo.llm.engine.GenerationListener.Piece;
import dev.pargo.models.llm.Logits;
import dev.pargo.models.tokenizer.Detokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Beam search: each open beam has a table. The continuations of a beam share its pages; the last page is copied when
 * they write into it.
 */
final class BeamSearchStrategy implements DecodingStrategy {

    private final BeamScorer scorer;
    private final GenerationRequest request;
    private final int limit;
    private final Detokenizer detokenizer;
    private final SortedMap<Integer, BlockTable> tables;

    private int written;
    private BeamScorer.@Nullable Hypothesis best;

    /**
     * @param room   largest number of tokens of a beam
     * @param tables of the group
     */
    BeamSearchStrategy(
            BeamScorer scorer,
            GenerationRequest request,
            int room,
            Detokenizer detokenizer,
            SortedMap<Integer, BlockTable> tables) {
        this.scorer = scorer;
        this.request = request;
        this.limit = Math.min(room, request.maxTokens());
        this.detokenizer = detokenizer;
        this.tables = tables;
    }

    @Override
    public List<SequenceRows> nextRows() {
        List<SequenceRows> rows = new ArrayList<>();
        tables.forEach((beam, table) -> {
            List<Integer> ids = scorer.beams().get(beam).ids();
            rows.add(
                    new SequenceRows(table, request.promptTokens() + written - 1, new int[] {ids.get(ids.size() - 1)}));
        });
        return rows;
    }

    /** Beams are not sampled. */
    @Override
    public List<Sampler.Draw> draws(int firstRow, List<SequenceRows> rows) {
        return List.of();
    }

    @Override
    public List<Piece> advance(Logits logits, int firstRow, List<Sampler.Drawn> drawn) {
        int[] rows = IntStream.range(firstRow, firstRow + tables.size()).toArray();
        try (Logits own = logits.select(rows)) {
            scorer.advance(own.continueBeams(scorer.scores(), scorer.candidates()));
        }
        written++;
        if (scorer.isDone() || written >= limit) {
            best = scorer.best();
            return List.of(text(best));
        }
        moveBeams();
        return List.of();
    }

    /** Gives every open beam the pages of its parent. */
    private void moveBeams() {
        int[] parents = scorer.parents();
        List<BlockTable> next = Arrays.stream(parents)
                .mapToObj(parent -> tables.get(parent).fork())
                .toList();
        tables.values().forEach(BlockTable::release);
        tables.clear();
        for (int beam = 0; beam < parents.length; beam++) {
            tables.put(beam, next.get(beam));
        }
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

    /** All beams go on until the search ends: another takes the place of one that has ended. */
    @Override
    public boolean isComplete(int beam) {
        return isComplete();
    }

    @Override
    public int tokensWritten() {
        return best == null ? written : best.ids().size();
    }

    @Override
    public int acceptedDrafts() {
        return 0;
    }

    /** After the last step the beams have not been given the pages of their parents. */
    @Override
    public int[] cachedIds(int beam) {
        int[] ids = best == null ? ints(scorer.beams().get(beam).ids()) : new int[0];
        return Arrays.copyOf(ids, Math.max(0, ids.length - 1));
    }

    @Override
    public SortedMap<Integer, int[]> openIds() {
        SortedMap<Integer, int[]> ids = new TreeMap<>();
        for (int beam = 0; beam < scorer.beams().size(); beam++) {
            ids.put(beam, ints(scorer.beams().get(beam).ids()));
        }
        return ids;
    }

    private static int[] ints(List<Integer> numbers) {
        return numbers.stream().mapToInt(Integer::intValue).toArray();
    }
}
