package dev.pargo.gateway.prompt;

import dev.pargo.proto.v1.PromptSegment;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Collects segments. Adjacent texts are merged, because each segment is tokenised on its own. */
final class PromptBuilder {

    private final List<PromptSegment> segments = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();
    private final Pattern controlTokens;

    /** @param controlTokens recognised only in the text of the template */
    PromptBuilder(Pattern controlTokens) {
        this.controlTokens = controlTokens;
    }

    /** Adds text of the template, which may contain control tokens. */
    PromptBuilder words(String words) {
        Matcher control = controlTokens.matcher(words);
        int at = 0;
        while (control.find()) {
            text(words.substring(at, control.start())).control(control.group());
            at = control.end();
        }
        return text(words.substring(at));
    }

    /** Adds text of users or models. Control tokens in it are not recognised. */
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
