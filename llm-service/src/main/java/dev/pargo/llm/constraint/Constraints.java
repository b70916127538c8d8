package dev.pargo.llm.constraint;

import dev.pargo.llm.constraint.grammar.Grammar;
import dev.pargo.llm.constraint.grammar.GrammarAutomaton;
import dev.pargo.llm.constraint.grammar.GrammarAutomaton.State;
import dev.pargo.llm.constraint.language.ByteLanguage;
import dev.pargo.llm.constraint.language.FormatException;
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
    private final Map<AnswerFormat, State> compiled = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<AnswerFormat, State> eldest) {
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
     * @throws io.grpc.StatusRuntimeException INVALID_FIELD
     */
    public Supplier<TokenConstraint> of(AnswerFormat format) {
        return switch (format.getFormatCase()) {
            case ONE_OF -> oneOf(format.getOneOf().getStringsList());
            case JSON_OBJECT -> {
                if (!format.getJsonObject()) {
                    throw refusal("format.json_object is false, but must be true or absent");
                }
                yield grammar(format, "json_object", () -> JsonSchema.anyObject(masks.spellable()));
            }
            case JSON_SCHEMA ->
                grammar(format, "json_schema", () -> JsonSchema.compile(format.getJsonSchema(), masks.spellable()));
            case REGEX -> grammar(format, "regex", () -> regex(format.getRegex()));
            case FORMAT_NOT_SET -> throw refusal("format must be one_of, json_object, json_schema or regex");
        };
    }

    private Grammar regex(String pattern) {
        Grammar.Builder nodes = new Grammar.Builder(2);
        ByteLanguage language = ByteLanguage.of(Regex.fullMatch(pattern), masks.spellable());
        return nodes.build(nodes.terminal(language, Grammar.END));
    }

    private Supplier<TokenConstraint> grammar(AnswerFormat format, String field, Supplier<Grammar> compiler) {
        State start = start(format, field, compiler);
        return () -> new GrammarConstraint(masks, start);
    }

    private State start(AnswerFormat format, String field, Supplier<Grammar> compiler) {
        synchronized (compiled) {
            State known = compiled.get(format);
            if (known != null) {
                return known;
            }
        }
        try {
            GrammarAutomaton automaton = new GrammarAutomaton(compiler.get());
            State start = masks.hasDummyPrefix() ? automaton.startAfterDummyPrefix() : automaton.start();
            synchronized (compiled) {
                compiled.put(format, start);
            }
            return start;
        } catch (FormatException e) {
            throw refusal("format.%s %s".formatted(field, e.getMessage()));
        }
    }

    private Supplier<TokenConstraint> oneOf(List<String> strings) {
        if (strings.isEmpty()) {
            throw refusal("format.one_of must have at least one string");
        }
        List<int[]> choices = IntStream.range(0, strings.size())
                .mapToObj(i -> tokens(strings.get(i), i))
                .toList();
        return () -> new ChoiceConstraint(choices);
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
