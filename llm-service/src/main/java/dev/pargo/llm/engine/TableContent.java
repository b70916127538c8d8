package dev.pargo.llm.engine;

import dev.pargo.models.llm.PromptPart;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/**
 * What the pages of a sequence must contain before it continues: the prompt, and the sequence's tokens except the last,
 * which the next step reads.
 *
 * @param ids the sequence's tokens so far
 */
record TableContent(GenerationRequest request, int[] ids) {

    /** Number of positions. */
    int rows() {
        return request.promptTokens() + Math.max(0, ids.length - 1);
    }

    /** Keys of the prompt and of all ids. */
    long[] keys() {
        return LongStream.concat(
                        Arrays.stream(request.keys()), Arrays.stream(ids).asLongStream())
                .toArray();
    }

    /** The prompt and all ids. */
    List<PromptPart> parts() {
        List<PromptPart> parts = new ArrayList<>(request.prompt());
        if (ids.length > 0) {
            parts.add(new PromptPart.Tokens(ids));
        }
        return parts;
    }
}
