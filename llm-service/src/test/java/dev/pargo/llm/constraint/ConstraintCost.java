package dev.pargo.llm.constraint;

import dev.pargo.models.tokenizer.Tokenizer;
import dev.pargo.proto.v1.AnswerFormat;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs the time of constraints with a vocabulary of 128,000 tokens: of compiling one, and of a token's mask, new and
 * cached. Its name keeps it out of the suite: {@code ./mvnw -pl llm-service -am test -Dtest=ConstraintCost
 * -Dsurefire.failIfNoSpecifiedTests=false}.
 */
class ConstraintCost {

    private static final Logger log = LoggerFactory.getLogger(ConstraintCost.class);

    private static final String PERSON = """
            {"type": "object", "additionalProperties": false, "required": ["name", "age", "tags"],
             "properties": {
               "name": {"type": "string", "minLength": 1, "maxLength": 40},
               "age": {"type": "integer", "minimum": 0, "maximum": 150},
               "mail": {"type": "string", "format": "email"},
               "tags": {"type": "array", "maxItems": 5, "items": {"enum": ["red", "green", "blue"]}},
               "friend": {"anyOf": [{"$ref": "#"}, {"type": "null"}]}}}""";

    @Test
    void logsWhatConstraintsCost() {
        Tokenizer tokenizer = ByteTokenizer.random(128_000, 1);
        Map<String, AnswerFormat> formats = new TreeMap<>(Map.of(
                "json_object", AnswerFormat.newBuilder().setJsonObject(true).build(),
                "schema of a person",
                        AnswerFormat.newBuilder().setJsonSchema(PERSON).build(),
                "regex",
                        AnswerFormat.newBuilder()
                                .setRegex("([A-Z][a-z]+ ){3,20}[0-9]{4}")
                                .build(),
                "string of 2000 characters",
                        AnswerFormat.newBuilder()
                                .setJsonSchema("{\"type\":\"string\",\"maxLength\":2000}")
                                .build()));
        for (int round = 0; round < 2; round++) {
            Constraints constraints = new Constraints(tokenizer);
            formats.forEach((name, format) -> measure(name, format, constraints, tokenizer));
        }
    }

    private static void measure(String name, AnswerFormat format, Constraints constraints, Tokenizer tokenizer) {
        long begin = System.nanoTime();
        var constraint = constraints.of(format, false);
        double compiled = micros(begin);
        double[] fresh = tokens(constraint.get(), tokenizer);
        double[] kept = tokens(constraint.get(), tokenizer);
        log.info(
                "{}: compiled in {} ms; a token's mask takes {} us at first (p99 {}), {} us when it is kept (p99 {})",
                name,
                Math.round(compiled / 1000),
                Math.round(fresh[fresh.length / 2]),
                Math.round(fresh[fresh.length * 99 / 100]),
                Math.round(kept[kept.length / 2]),
                Math.round(kept[kept.length * 99 / 100]));
    }

    /** Times of the tokens of one answer, sorted. The same answer every time. */
    private static double[] tokens(TokenConstraint constraint, Tokenizer tokenizer) {
        Random random = new Random(2);
        double[] times = new double[300];
        int count = 0;
        while (count < times.length && !constraint.isComplete()) {
            long begin = System.nanoTime();
            BitSet allowed = constraint.allowed();
            times[count++] = micros(begin);
            int[] ids = allowed.stream().toArray();
            constraint.accept(ids[random.nextInt(ids.length)]);
        }
        double[] measured = Arrays.copyOf(times, count);
        Arrays.sort(measured);
        return measured;
    }

    private static double micros(long begin) {
        return (System.nanoTime() - begin) / 1e3;
    }
}
