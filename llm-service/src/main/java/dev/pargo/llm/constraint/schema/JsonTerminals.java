package dev.pargo.llm.constraint.schema;

import dev.pargo.llm.constraint.grammar.Grammar;
import dev.pargo.llm.constraint.language.ByteLanguage;
import dev.pargo.llm.constraint.language.FormatException;
import dev.pargo.llm.constraint.language.Language;
import dev.pargo.llm.constraint.language.Regex;
import java.time.Duration;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Adds the parts of JSON texts to a grammar. */
final class JsonTerminals {

    /**
     * The whitespace between tokens. It is limited to what a layout needs, because an uncertain model may write
     * whitespace without end.
     */
    private static final Language SPACE = Regex.fullMatch("(?: |\\n[ \\t]{0,32})?");

    private static final Language COLON = Regex.fullMatch(" ?:");
    private static final Language FIRST_SPACE = Regex.fullMatch(" ?");

    /** Limits on the states of all automata together, and on the time to build them. */
    private static final int MAX_STATES = 200_000;

    private static final Duration MAX_TIME = Duration.ofSeconds(10);

    private final Grammar.Builder nodes;
    private final BitSet spellable;
    private final Map<Language, ByteLanguage> compiled = new HashMap<>();
    private final Map<String, Language> signs = new HashMap<>();
    private final Map<String, Language> spacedSigns = new HashMap<>();
    private final long begin = System.nanoTime();
    private int states;

    JsonTerminals(Grammar.Builder nodes, BitSet spellable) {
        this.nodes = nodes;
        this.spellable = spellable;
    }

    Grammar.Builder nodes() {
        return nodes;
    }

    /** A node that reads a text of a language, then continues. */
    int text(Language language, int next) {
        return nodes.terminal(compiled.computeIfAbsent(language, this::compile), next);
    }

    private ByteLanguage compile(Language language) {
        ByteLanguage bytes = ByteLanguage.of(language, spellable);
        states += bytes.size();
        if (states > MAX_STATES) {
            throw new FormatException("needs more than %d states".formatted(MAX_STATES));
        }
        if (System.nanoTime() - begin > MAX_TIME.toNanos()) {
            throw new FormatException("takes more than %d seconds to compile".formatted(MAX_TIME.toSeconds()));
        }
        return bytes;
    }

    /** A sign or a literal. */
    int sign(String sign, int next) {
        return text(signs.computeIfAbsent(sign, Language::of), next);
    }

    /** A sign, with optional whitespace before it. */
    int spacedSign(String sign, int next) {
        return text(
                spacedSigns.computeIfAbsent(sign, one -> Language.concatenate(List.of(SPACE, Language.of(one)))), next);
    }

    int space(int next) {
        return text(SPACE, next);
    }

    /** The whitespace before the whole text. */
    int firstSpace(int next) {
        return text(FIRST_SPACE, next);
    }

    /** A property's name, with its quotes, and the colon. */
    int key(Language quoted, int next) {
        return text(Language.concatenate(List.of(SPACE, quoted, COLON, SPACE)), next);
    }
}
