package dev.pargo.gateway.prompt;

import dev.pargo.proto.v1.PromptSegment;
import java.util.ArrayList;
import java.util.List;

/** Collects segments; texts that follow each other become one, because each segment is tokenised on its own. */
final class PromptBuilder {

    private final List<PromptSegment> segments = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();

    PromptBuilder text(String next) {
        text.append(next);
        return this;
    }

    PromptBuilder control(String token) {
        if (!token.isEmpty()) {
            endText();
            segments.add(PromptSegment.newBuilder().setControl(token).build());
        }
        return this;
    }

    PromptBuilder visual(int index) {
        endText();
        segments.add(PromptSegment.newBuilder().setVisual(index).build());
        return this;
    }

    List<PromptSegment> build() {
        endText();
        return List.copyOf(segments);
    }

    private void endText() {
        if (!text.isEmpty()) {
            segments.add(PromptSegment.newBuilder().setText(text.toString()).build());
            text.setLength(0);
        }
    }
}
