package dev.pargo.llm.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pargo.llm.constraint.Constraints;
import dev.pargo.llm.constraint.TokenConstraint;
import dev.pargo.models.llm.PromptPart;
import dev.pargo.models.llm.SamplingParams;
import dev.pargo.proto.v1.AnswerFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ten thousand short requests of all kinds, a hundred at a time; logs the process's memory as they go. Its name keeps
 * it out of the suite: {@code ./mvnw -pl llm-service -am test -Dtest=EngineSoak -Dsurefire.failIfNoSpecifiedTests=false}.
 */
class EngineSoak {

    private static final Logger log = LoggerFactory.getLogger(EngineSoak.class);

    private static final int ROUNDS = 100;
    private static final int AT_ONCE = 100;

    private final Random random = new Random(1);
    private final List<List<PromptPart>> prompts = List.of(
            PargoMini.aboutImage(1, PargoMini.DESCRIBE),
            PargoMini.aboutImage(2, PargoMini.DESCRIBE),
            PargoMini.aboutImage(1, "Where is the gray crescent?"),
            PargoMini.text("USER: hello\nASSISTANT: "),
            PargoMini.text("one two three four ".repeat(12)));

    private final Supplier<TokenConstraint> json;
    private final Supplier<TokenConstraint> yesOrNo;

    EngineSoak() {
        Constraints constraints = new Constraints(PargoMini.TOKENIZER);
        json = constraints.of(AnswerFormat.newBuilder().setJsonObject(true).build(), false);
        yesOrNo = constraints.of(
                AnswerFormat.newBuilder()
                        .setOneOf(AnswerFormat.Choices.newBuilder()
                                .addStrings("yes")
                                .addStrings("no"))
                        .build(),
                false);
    }

    @Test
    void memoryStaysFlat() throws Exception {
        long begin = System.nanoTime();
        long settled = 0;
        try (PargoMini mini = new PargoMini(PargoMini.properties(8, 24, true))) {
            for (int round = 1; round <= ROUNDS; round++) {
                List<CollectedAnswer> kept = new ArrayList<>();
                for (int i = 0; i < AT_ONCE; i++) {
                    CollectedAnswer answer = mini.submit(next(i));
                    if (i % 16 == 0) {
                        answer.generation.cancel();
                    } else {
                        kept.add(answer);
                    }
                }
                kept.forEach(CollectedAnswer::end);
                mini.submit(Asked.of(prompts.get(3)).endless(2)).summary();
                assertThat(mini.engine.availablePages()).isEqualTo(mini.engine.pages());
                if (round % 5 == 0) {
                    log.info(
                            "{} requests, {} s, {} of {} pages free, {}",
                            round * AT_ONCE,
                            (System.nanoTime() - begin) / 1_000_000_000,
                            mini.engine.availablePages(),
                            mini.engine.pages(),
                            memory());
                }
                if (round == ROUNDS / 2) {
                    settled = resident();
                }
            }
        }
        // After half of the requests, every kind has occurred often, and compilers and pools have reached their size.
        assertThat(resident()).isLessThan(settled + (32 << 10));
    }

    private Asked next(int i) {
        Asked asked = Asked.of(prompts.get(random.nextInt(prompts.size()))).tokens(0, 1 + random.nextInt(8));
        return switch (i % 11) {
            case 0 -> asked.beams(1 + random.nextInt(4));
            case 1 -> asked.choices(1 + random.nextInt(8)).sampled(1, i);
            case 2 -> asked.penalties(new Penalties(1.1, 0.1, 0.1, Map.of(5, 1f)));
            case 3 -> asked.topLogprobs(5).sampled(new SamplingParams(0.7, 40, 0.9, 0.01), i);
            case 4 -> asked.constrained(json).sampled(1, i);
            case 5 -> asked.constrained(yesOrNo);
            case 6 -> asked.timeout(Duration.ofMillis(random.nextInt(100)));
            case 7 -> asked.stop("a", "red");
            case 8 -> asked.endless(20);
            case 9 -> asked.sampled(1.5, i);
            default ->
                i < 12
                        ? Asked.of(List.of(new PromptPart.Tokens(new int[] {PargoMini.VOCABULARY})))
                        : asked.topLogprobs(0);
        };
    }

    private static String memory() throws IOException {
        try (Stream<String> status = Files.lines(Path.of("/proc/self/status"))) {
            return status.filter(line -> line.startsWith("VmRSS") || line.startsWith("RssAnon"))
                    .map(line -> line.replaceAll("\\s+", " "))
                    .collect(Collectors.joining("  "));
        }
    }

    /** Anonymous memory in kB, that is, without mapped files. */
    private static long resident() throws IOException {
        try (Stream<String> status = Files.lines(Path.of("/proc/self/status"))) {
            return status.filter(line -> line.startsWith("RssAnon"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
