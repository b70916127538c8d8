package dev.pargo.llm.constraint;

import dev.pargo.models.tokenizer.Tokenizer;
import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.StageError;
import dev.pargo.proto.v1.AnswerFormat;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** Makes the constraints that clients ask for. Thread-safe. */
public final class Constraints {

    private final Tokenizer tokenizer;
    private final JsonTokens json;
    private final boolean writesJson;

    /** Reads the whole vocabulary: a few hundred milliseconds where it is large. */
    public Constraints(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
        this.json = new JsonTokens(tokenizer);
        this.writesJson = json.isComplete();
    }

    /**
     * A new constraint for each answer.
     *
     * @throws io.grpc.StatusRuntimeException INVALID_FIELD
     */
    public Supplier<TokenConstraint> of(AnswerFormat format) {
        return switch (format.getFormatCase()) {
            case ONE_OF -> oneOf(format.getOneOf().getStringsList());
            case JSON_OBJECT -> jsonObject(format.getJsonObject());
            case JSON_SCHEMA -> throw refusal("format.json_schema is not supported");
            case REGEX -> throw refusal("format.regex is not supported");
            case FORMAT_NOT_SET -> throw refusal("format must be one_of or json_object");
        };
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

    private Supplier<TokenConstraint> jsonObject(boolean wanted) {
        if (!wanted) {
            throw refusal("format.json_object is false, but must be true or absent");
        }
        if (!writesJson) {
            throw refusal("format.json_object is set, but the model's vocabulary cannot write JSON");
        }
        return () -> new JsonConstraint(json);
    }

    private static RuntimeException refusal(String message) {
        return new StageError(ErrorReason.INVALID_FIELD, message).toException();
    }
}
