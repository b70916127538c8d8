package dev.pargo.llm.constraint;

import dev.pargo.llm.constraint.grammar.Grammar;
import dev.pargo.llm.constraint.grammar.GrammarAutomaton;
import dev.pargo.llm.constraint.grammar.GrammarAutomaton.State;
import dev.pargo.llm.constraint.language.ByteLanguage;
import dev.pargo.llm.constraint.language.FormatException;
import dev.pargo.llm.constraint.language.Language;
import dev.pargo.llm.constraint.language.Regex;
import dev.pargo.llm.constraint.schema.JsonSchema;
import dev.pargo.models.tokenizer.Tokenizer;
import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.StageError;
import dev.pargo.proto.v1.AnswerFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Creates the constraints that clients ask for. Recently compiled formats are cached, with the states that were reached
 * in them. Thread-safe.
 */
public final class Constraints {

    private static final int MAX_COMPILED = 16;

    private final Tokenizer tokenizer;
    private final TokenMasks masks;
    private final Map<AnswerFormat, GrammarAutomaton> compiled = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<AnswerFormat, GrammarAutomaton> eldest) {
            return size() > MAX_COMPILED;
        }
    };

    /** Reads the whole vocabulary, which takes a few hundred milliseconds if it is large. */
    public Constraints(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
        this.masks = new TokenMasks(tokenizer);
    }

    /**
     * Creates a constraint for one answer. Compiling a format takes some milliseconds, and up to seconds for the most
     * complex formats within the limits.
     *
     * @param continues whether the answer goes on with a text, so that a space before its first word counts
     * @throws io.grpc.StatusRuntimeException INVALID_FIELD
     */
    public Supplier<TokenConstraint> of(AnswerFormat format, boolean continues) {
        boolean dummyPrefix = masks.hasDummyPrefix() && !continues;
        return switch (format.getFormatCase()) {
            case ONE_OF -> oneOf(format, continues);
            case JSON_OBJECT -> {
                if (!format.getJsonObject()) {
                    throw refusal("format.json_object is false, but must be true or absent");
                }
                yield grammar(format, "json_object", dummyPrefix, () -> JsonSchema.anyObject(masks.spellable()));
            }
            case JSON_SCHEMA ->
                grammar(
                        format,
                        "json_schema",
                        dummyPrefix,
                        () -> JsonSchema.compile(format.getJsonSchema(), masks.spellable()));
            case REGEX -> grammar(format, "regex", dummyPrefix, () -> regular(Regex.fullMatch(format.getRegex())));
            case FORMAT_NOT_SET -> throw refusal("format must be one_of, json_object, json_schema or regex");
        };
    }

    private Grammar regular(Language language) {
        Grammar.Builder nodes = new Grammar.Builder(2);
        return nodes.build(nodes.terminal(ByteLanguage.of(language, masks.spellable()), Grammar.END));
    }

    private Supplier<TokenConstraint> grammar(
            AnswerFormat format, String field, boolean dummyPrefix, Supplier<Grammar> compiler) {
        GrammarAutomaton automaton = automaton(format, field, compiler);
        State start = dummyPrefix ? automaton.startAfterDummyPrefix() : automaton.start();
        return () -> new GrammarConstraint(masks, start);
    }

    private GrammarAutomaton automaton(AnswerFormat format, String field, Supplier<Grammar> compiler) {
        synchronized (compiled) {
            GrammarAutomaton known = compiled.get(format);
            if (known != null) {
                return known;
            }
        }
        try {
            GrammarAutomaton automaton = new GrammarAutomaton(compiler.get());
            synchronized (compiled) {
                compiled.put(format, automaton);
            }
            return automaton;
        } catch (FormatException e) {
            throw refusal("format.%s %s".formatted(field, e.getMessage()));
        }
    }

    private Supplier<TokenConstraint> oneOf(AnswerFormat format, boolean continues) {
        List<String> strings = format.getOneOf().getStringsList();
        if (strings.isEmpty()) {
            throw refusal("format.one_of must have at least one string");
        }
        List<int[]> choices = IntStream.range(0, strings.size())
                .mapToObj(i -> tokens(strings.get(i), i))
                .toList();
        if (continues && masks.hasDummyPrefix()) {
            return grammar(format, "one_of", false, () -> inText(strings));
        }
        return () -> new ChoiceConstraint(choices);
    }

    /** The choices byte by byte: the tokens that the tokenizer cuts them into would write a space before them. */
    private Grammar inText(List<String> choices) {
        for (String choice : choices) {
            if (ByteLanguage.of(Language.of(choice), masks.spellable()).isEmpty()) {
                throw new FormatException("has a string that the model's vocabulary cannot write within a text");
            }
        }
        return regular(Language.union(choices.stream().map(Language::of).toList()));
    }

    private int[] tokens(String choice, int index) {
        int[] ids = tokenizer.encode(choice);
        if (choice.isEmpty() || !tokenizer.decode(ids).equals(choice)) {
            throw refusal("format.one_of[%d] must be a string that the model's vocabulary can write".formatted(index));
        }
        return ids;
    }

    private static RuntimeException refusal(String message) {
        return new StageError(ErrorReason.INVALID_FIELD, message).toException();
    }
}
