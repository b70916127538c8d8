package dev.pargo.llm.grpc;

import dev.pargo.models.llm.PromptPart;
import dev.pargo.models.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Collects the parts of a prompt. Texts and words that follow each other are tokenised as one. Not thread-safe. */
final class PromptParts {

    private final Tokenizer tokenizer;
    private final List<PromptPart> parts = new ArrayList<>();
    private final StringBuilder text = new StringBuilder();

    PromptParts(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /** Text in which whatever looks like a control token stays text. */
    void text(String next) {
        text.append(next);
    }

    /** The model's own words, whose control tokens are meant as such. */
    void words(String words) {
        Matcher control = controlTokens().matcher(words);
        int at = 0;
        while (control.find()) {
            text(words.substring(at, control.start()));
            token(tokenizer.controlToken(control.group()).orElseThrow());
            at = control.end();
        }
        text(words.substring(at));
    }

    void token(int id) {
        endText();
        parts.add(new PromptPart.Tokens(new int[] {id}));
    }

    void visual(PromptPart.Visual run) {
        endText();
        parts.add(run);
    }

    List<PromptPart> toList() {
        endText();
        return List.copyOf(parts);
    }

    /** Ends a text: what follows is tokenised apart from it. */
    void endText() {
        int[] ids = text.isEmpty() ? new int[0] : tokenizer.encode(text.toString());
        if (ids.length > 0) {
            parts.add(new PromptPart.Tokens(ids));
        }
        text.setLength(0);
    }

    /** The longest first, for one may begin with another. */
    private Pattern controlTokens() {
        return Pattern.compile(tokenizer.controlTokens().stream()
                .sorted(Comparator.comparingInt(String::length).reversed())
                .map(Pattern::quote)
                .collect(Collectors.collectingAndThen(Collectors.joining("|"), any -> any.isEmpty() ? "(?!)" : any)));
    }
}
