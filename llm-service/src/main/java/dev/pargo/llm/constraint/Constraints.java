package dev.pargo.llm.constraint;

import dev.pargo.models.tokenizer.Tokenizer;
import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.StageError;
import dev.pargo.proto.v1.AnswerFormat;
import java.util.List;
import java.util.function.Supplier;

/** Makes the constraints that clients ask for. Thread-safe. */
public final class Constraints {

    private final Tokenizer tokenizer;

    public Constraints(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /**
     * A new constraint for each answer.
     *
     * @throws io.grpc.StatusRuntimeException INVALID_FIELD
     */
    public Supplier<TokenConstraint> of(AnswerFormat format) {
        return switch (format.getFormatCase()) {
            case ONE_OF -> oneOf(format.getOneOf().getStringsList());
            case JSON_OBJECT, FORMAT_NOT_SET ->
                throw new StageError(ErrorReason.INVALID_FIELD, "format must be one_of").toException();
        };
    }

    private Supplier<TokenConstraint> oneOf(List<String> strings) {
        if (strings.isEmpty() || strings.stream().anyMatch(String::isEmpty)) {
            throw new StageError(ErrorReason.INVALID_FIELD, "format.one_of must have strings that are not empty")
                    .toException();
        }
        return () -> new ChoiceConstraint(tokenizer, strings);
    }
}
