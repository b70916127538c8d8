package dev.pargo.gateway.chat;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.pargo.gateway.toolcall.WrittenCall;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A call of a tool.
 *
 * @param index among the calls of the choice, in a chunk; null in a whole message
 * @param type  always {@code function}
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record ChoiceToolCall(@Nullable Integer index, String id, String type, WrittenCall function) {

    /**
     * All calls of a choice.
     *
     * @param response id of the response
     */
    static List<ChoiceToolCall> whole(String response, int choice, List<WrittenCall> calls) {
        return IntStream.range(0, calls.size())
                .mapToObj(i -> new ChoiceToolCall(null, id(response, choice, i), "function", calls.get(i)))
                .toList();
    }

    /**
     * Calls that a chunk adds to a choice.
     *
     * @param response id of the response
     * @param first    index of the first of them
     */
    static List<ChoiceToolCall> piece(String response, int choice, int first, List<WrittenCall> calls) {
        return IntStream.range(0, calls.size())
                .mapToObj(i -> new ChoiceToolCall(first + i, id(response, choice, first + i), "function", calls.get(i)))
                .toList();
    }

    private static String id(String response, int choice, int index) {
        return "call_%s_%d_%d".formatted(response, choice, index);
    }
}
