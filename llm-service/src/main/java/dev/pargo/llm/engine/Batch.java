package dev.pargo.llm.engine;

import dev.pargo.models.llm.Sampling;
import dev.pargo.models.llm.Step;
import java.util.ArrayList;
import java.util.List;

/**
 * Who takes part in a step: every running answer with one token, and prompts in the order in which they joined until the
 * step's rows are used up.
 *
 * @param sequences in the step's order: prompts, then answers
 */
record Batch(Step step, List<Generation> sequences) {

    /** @param promptRows most rows of prompts in the step */
    static Batch of(List<Generation> running, int promptRows) {
        List<Step.Chunk> chunks = new ArrayList<>();
        List<Step.Token> tokens = new ArrayList<>();
        List<Generation> readers = new ArrayList<>();
        List<Generation> writers = new ArrayList<>();
        int rows = promptRows;
        for (Generation generation : running) {
            if (!generation.isReadingPrompt()) {
                tokens.add(generation.nextToken());
                writers.add(generation);
            } else if (rows > 0) {
                Step.Chunk chunk = generation.nextChunk(rows);
                chunks.add(chunk);
                readers.add(generation);
                rows -= chunk.count();
            }
        }
        readers.addAll(writers);
        return new Batch(new Step(chunks, tokens), readers);
    }

    /** Whether the step gives a sequence a token: not while its prompt is being read. */
    boolean answers(int sequence) {
        if (sequence >= step.chunks().size()) {
            return true;
        }
        Step.Chunk chunk = step.chunks().get(sequence);
        return chunk.from() + chunk.count() == chunk.prompt().length();
    }

    List<Sampling> sampling() {
        return sequences.stream()
                .map(generation -> generation.request().sampling())
                .toList();
    }

    /** One random number for each token that is drawn, so that they do not depend on how a prompt was cut. */
    double[] uniforms() {
        double[] uniforms = new double[sequences.size()];
        for (int i = 0; i < uniforms.length; i++) {
            uniforms[i] = answers(i) ? sequences.get(i).nextUniform() : 0;
        }
        return uniforms;
    }
}
