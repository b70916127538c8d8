package dev.pargo.llm.engine;

import dev.pargo.models.llm.Step;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Who takes part in a step: every answer that is being written, and prompts in the order in which they joined until the
 * step's rows are used up.
 */
final class StepPlan {

    private final List<SequenceGroup> sequences = new ArrayList<>();
    private final List<Step.Chunk> chunks = new ArrayList<>();
    private final List<Step.Tokens> tokens = new ArrayList<>();
    private final Map<SequenceGroup, Integer> firstRows = new LinkedHashMap<>();

    StepPlan(List<SequenceGroup> running, EngineProperties properties) {
        List<SequenceGroup> writers =
                running.stream().filter(each -> !each.isReadingPrompt()).toList();
        int rest = writers.isEmpty() ? properties.promptRows() : properties.promptRowsBesideAnswers();
        int row = 0;
        for (SequenceGroup generation : running) {
            if (generation.isReadingPrompt() && rest > 0) {
                Step.Chunk chunk = generation.nextChunk(rest);
                rest -= chunk.count();
                chunks.add(chunk);
                sequences.add(generation);
                if (chunk.endsPrompt()) {
                    firstRows.put(generation, row++);
                }
            }
        }
        for (SequenceGroup generation : writers) {
            sequences.add(generation);
            firstRows.put(generation, row);
            for (Step.Tokens next : generation.decoding().tokens()) {
                tokens.add(next);
                row += next.ids().length;
            }
        }
    }

    Step step() {
        return new Step(chunks, tokens);
    }

    /** Everybody who takes part. */
    List<SequenceGroup> sequences() {
        return sequences;
    }

    /** Those who get logits, each with its first row. */
    Map<SequenceGroup, Integer> firstRows() {
        return firstRows;
    }

    /** Sequences in the forward pass. */
    int size() {
        return chunks.size() + tokens.size();
    }
}
