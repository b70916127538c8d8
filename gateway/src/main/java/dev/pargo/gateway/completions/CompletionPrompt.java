package dev.pargo.gateway.completions;

import dev.pargo.proto.v1.PromptSegment;
import dev.pargo.proto.v1.TokenIds;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One prompt of a completion: a text, or tokens.
 *
 * @param text null if it is given as tokens
 * @param ids  empty if it is given as text
 */
record CompletionPrompt(@Nullable String text, List<Integer> ids) {

    /** @param first control token that begins a text; empty for none */
    List<PromptSegment> segments(String first) {
        List<PromptSegment> segments = new ArrayList<>();
        if (text == null) {
            segments.add(PromptSegment.newBuilder()
                    .setTokens(TokenIds.newBuilder().addAllIds(ids))
                    .build());
            return segments;
        }
        if (!first.isEmpty()) {
            segments.add(PromptSegment.newBuilder().setControl(first).build());
        }
        segments.add(PromptSegment.newBuilder().setMarkedText(text).build());
        return segments;
    }
}
