package dev.pargo.llm.engine;

import dev.pargo.models.llm.Logits;
import dev.pargo.models.llm.Step;
import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.StageError;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * What one forward pass computes: the next tokens of every group that writes, and prompt rows of the others, in the
 * order of their admission, until the step's prompt rows are used up. To make a plan changes nothing; its groups
 * advance when the pass has succeeded.
 *
 * @param parts one for each group that takes part; those that read their prompts come first
 */
record StepPlan(List<Part> parts) {

    /**
     * A group's part.
     *
     * @param prompt   rows of the prompt; none if the group writes
     * @param rows     the sequences' rows; none if the prompt is being read
     * @param firstRow of the group's logits; -1 if it gets none
     */
    record Part(RunningGroup group, List<Step.Chunk> prompt, List<SequenceRows> rows, int firstRow) {

        /**
         * Refuses to go on from logits that are none.
         *
         * @param notFinite rows of the step's logits
         * @throws io.grpc.StatusRuntimeException NOT_FINITE
         */
        void requireFinite(BitSet notFinite) {
            if (firstRow >= 0
                    && !notFinite.get(firstRow, firstRow + logitRows()).isEmpty()) {
                throw new StageError(ErrorReason.NOT_FINITE, "The model's logits are not finite numbers.")
                        .toException();
            }
        }

        int promptRows() {
            return prompt.stream().mapToInt(Step.Chunk::count).sum();
        }

        int tokenRows() {
            return rows.stream().mapToInt(each -> each.ids().length).sum();
        }

        private int logitRows() {
            return Math.max(1, tokenRows());
        }

        private Stream<Step.Tokens> tokens() {
            return rows.stream().map(group::tokens);
        }

        /** The rows of the step's logits whose attention the group reports. */
        private Stream<Integer> watched() {
            return firstRow >= 0 && group.watchesAttention(logitRows())
                    ? IntStream.range(firstRow, firstRow + logitRows()).boxed()
                    : Stream.empty();
        }

        /** What is to be drawn from the step's logits for this group. */
        List<Sampler.Draw> draws() {
            return firstRow < 0 ? List.of() : group.draws(firstRow, rows);
        }

        /** Applies the step to the group, after it has succeeded. */
        void advance(Logits logits, List<Sampler.Drawn> drawn) {
            group.advancePrompt(promptRows());
            if (firstRow >= 0) {
                group.advanceSequences(logits, firstRow, drawn);
            }
        }
    }

    static StepPlan of(List<RunningGroup> running, EngineProperties properties) {
        List<RunningGroup> writing =
                running.stream().filter(group -> !group.isReading()).toList();
        int rest = writing.isEmpty() ? properties.promptRows() : properties.promptRowsBesideAnswers();
        List<Part> parts = new ArrayList<>();
        int logits = 0;
        for (RunningGroup group : running) {
            int rows = Math.min(rest, group.promptRest());
            if (rows > 0) {
                Step.Chunk chunk = group.nextChunk(rows);
                rest -= chunk.count();
                parts.add(new Part(group, List.of(chunk), List.of(), chunk.endsPrompt() ? logits++ : -1));
            }
        }
        for (RunningGroup group : writing) {
            parts.add(new Part(group, List.of(), group.nextRows(), logits));
            logits += parts.get(parts.size() - 1).tokenRows();
        }
        return new StepPlan(parts);
    }

    /** Number of pages that the step's sequences must take before it. */
    int missingPages(PagePool pool) {
        int missing = 0;
        Map<Integer, Integer> writers = new HashMap<>();
        for (SequenceRows each : sequenceRows()) {
            missing += each.table().missing(each.end());
            for (int page : each.table().shared(each.address(), each.end())) {
                writers.merge(page, 1, Integer::sum);
            }
        }
        // If all users of a page write into it, the last one needs no copy.
        return missing
                + writers.entrySet().stream()
                        .mapToInt(entry -> Math.min(entry.getValue(), pool.uses(entry.getKey()) - 1))
                        .sum();
    }

    /**
     * Gives the step's sequences the pages that they write into.
     *
     * @return the pages that must be copied before the step: for each target its source
     */
    Map<Integer, Integer> prepare() {
        Map<Integer, Integer> copies = new LinkedHashMap<>();
        sequenceRows().forEach(each -> each.table().prepare(each.address(), each.end(), copies));
        return copies;
    }

    private List<SequenceRows> sequenceRows() {
        return parts.stream().flatMap(part -> part.rows().stream()).toList();
    }

    /** The forward pass. Call it after {@link #prepare}. */
    Step step() {
        return new Step(
                parts.stream().flatMap(part -> part.prompt().stream()).toList(),
                parts.stream().flatMap(Part::tokens).toList(),
                parts.stream().flatMap(Part::watched).toList());
    }

    boolean givesLogits() {
        return parts.stream().anyMatch(part -> part.firstRow() >= 0);
    }

    List<RunningGroup> groups() {
        return parts.stream().map(Part::group).toList();
    }

    /** Sequences in the forward pass. */
    int sequences() {
        return parts.stream()
                .mapToInt(part -> part.prompt().size() + part.rows().size())
                .sum();
    }
}
