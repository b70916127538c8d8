package dev.pargo.llm.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.pargo.llm.constraint.Constraints;
import dev.pargo.llm.constraint.TokenConstraint;
import dev.pargo.models.llm.PromptPart;
import dev.pargo.proto.v1.AnswerFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Answers in a format that the model does not know, at a temperature at which it writes random tokens. */
class ConstrainedAnswersTest {

    private static final List<PromptPart> PICTURE = PargoMini.aboutImage(1, PargoMini.DESCRIBE);
    private static final Constraints CONSTRAINTS = new Constraints(PargoMini.TOKENIZER);

    private static Supplier<TokenConstraint> schema(String schema) {
        return CONSTRAINTS.of(AnswerFormat.newBuilder().setJsonSchema(schema).build(), false);
    }

    @Test
    void anAnswerIsValidByItsSchemaOrEndsAtItsLimit() {
        String schema = """
                {"type": "object", "additionalProperties": false, "required": ["shape", "count", "tags"],
                 "properties": {
                   "shape": {"enum": ["circle", "star", "red pentagon"]},
                   "count": {"type": "integer", "minimum": 1, "maximum": 40},
                   "tags": {"type": "array", "maxItems": 3, "items": {"type": "string", "maxLength": 6}},
                   "parent": {"anyOf": [{"$ref": "#"}, {"type": "null"}]}}}""";
        Schema validator = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(schema, InputFormat.JSON);
        try (PargoMini mini = PargoMini.withSequences(8)) {
            List<CollectedAnswer> answers = new ArrayList<>();
            for (int seed = 0; seed < 40; seed++) {
                answers.add(mini.submit(Asked.of(PICTURE)
                        .constrained(schema(schema))
                        .sampled(seed % 3, seed)
                        .tokens(0, 120)));
            }
            int complete = 0;
            for (CollectedAnswer answer : answers) {
                answer.summary();
                if (answer.reason() == StopReason.STOP) {
                    complete++;
                    assertThat(validator.validate(answer.text(), InputFormat.JSON))
                            .as(answer.text())
                            .isEmpty();
                }
            }
            assertThat(complete).isGreaterThan(25);
            assertThat(mini.engine.availablePages()).isEqualTo(mini.engine.pages());
        }
    }

    @Test
    void anAnswerMatchesItsRegularExpression() {
        String regex = " ?[A-Z][a-z]{2,8}(, [a-z]{2,8}){1,3}\\.";
        Supplier<TokenConstraint> constraint =
                CONSTRAINTS.of(AnswerFormat.newBuilder().setRegex(regex).build(), false);
        try (PargoMini mini = PargoMini.withSequences(4)) {
            CollectedAnswer answers = mini.submit(Asked.of(PICTURE)
                    .constrained(constraint)
                    .sampled(1.5, 1)
                    .choices(4)
                    .tokens(0, 80));
            for (int choice = 0; choice < 4; choice++) {
                assertThat(answers.text(choice)).matches(regex);
            }
        }
    }
}
