package dev.pargo.llm.engine;

import static dev.pargo.llm.engine.PargoMini.DESCRIBE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pargo.llm.constraint.TokenConstraint;
import dev.pargo.models.llm.PromptPart;
import dev.pargo.models.tensor.HostTensor;
import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.StageError;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** A failure affects only the requests that it belongs to, is reported once, and loses no page. */
@ExtendWith(OutputCaptureExtension.class)
class EngineFaultsTest {

    private static final List<PromptPart> PICTURE = PargoMini.aboutImage(1, DESCRIBE);
    private static final List<PromptPart> TEXT = PargoMini.text("USER: hello\nASSISTANT: ");

    /** The network has no such token, so the step that changes its logit fails. */
    private static final Penalties IMPOSSIBLE = new Penalties(1, 0, 0, Map.of(PargoMini.VOCABULARY, 1f));

    private static void assertNothingIsLost(PargoMini mini) {
        assertThat(mini.device.trouble()).isEmpty();
        assertThat(mini.submit(Asked.of(TEXT).endless(3)).ids()).hasSize(3);
        assertThat(mini.engine.availablePages()).isEqualTo(mini.engine.pages());
        assertThat(mini.engine.waiting()).isZero();
    }

    private static void assertFailed(CollectedAnswer answer, ErrorReason reason) {
        assertThat(StageError.of(answer.failure()).orElseThrow().reason()).isEqualTo(reason);
    }

    @Test
    void aCancelledAnswerGetsNoFurtherToken() {
        try (PargoMini mini = PargoMini.withSequences(4)) {
            CollectedAnswer[] cancelled = {new CollectedAnswer()};
            List<CollectedAnswer> others = new ArrayList<>();
            SequenceGroup generation =
                    mini.engine.submit(Asked.of(TEXT).sampled(2, 1).endless(100).request(), new GenerationListener() {
                        @Override
                        public void onStarted() {}

                        @Override
                        public void onText(Piece piece) {
                            cancelled[0].onText(piece);
                            if (cancelled[0].pieces().size() == 10) {
                                cancelled[0].generation.cancel();
                            }
                        }

                        @Override
                        public void onFinished(GenerationSummary summary) {
                            cancelled[0].onFinished(summary);
                        }

                        @Override
                        public void onFailed(RuntimeException failure) {
                            cancelled[0].onFailed(failure);
                        }
                    });
            cancelled[0].generation = generation;
            for (int i = 0; i < 3; i++) {
                others.add(mini.submit(Asked.of(TEXT).sampled(2, 2 + i).endless(100)));
            }
            others.forEach(answer -> assertThat(answer.ids()).hasSize(100));
            assertThat(cancelled[0].pieces()).hasSize(10);
            assertThat(cancelled[0].isOver()).isFalse();
            assertNothingIsLost(mini);
            // 3 answers of 100 tokens, 10 tokens of the cancelled one, 3 of the last: no further token was computed.
            assertThat(mini.meters
                            .get("pargo.llm.tokens")
                            .tag("direction", "out")
                            .counter()
                            .count())
                    .isEqualTo(313);
        }
    }

    @Test
    void aCancelledRequestThatWaitsNeverRuns() throws Exception {
        try (PargoMini mini = PargoMini.withSequences(1)) {
            Standstill still = new Standstill();
            CollectedAnswer running = mini.submit(Asked.of(TEXT).endless(20), still);
            still.begun();
            CollectedAnswer waiting = mini.submit(Asked.of(TEXT).endless(20));
            assertThat(mini.engine.waiting()).isEqualTo(1);
            waiting.generation.cancel();
            still.end();
            assertThat(running.ids()).hasSize(20);
            assertNothingIsLost(mini);
            assertThat(waiting.pieces()).isEmpty();
        }
    }

    @Test
    void aDeadlineEndsARunningAndAWaitingRequest() throws Exception {
        try (PargoMini mini = PargoMini.withSequences(1)) {
            CollectedAnswer running = mini.submit(Asked.of(TEXT).endless(400).timeout(Duration.ofMillis(60)));
            CollectedAnswer waiting = mini.submit(Asked.of(TEXT).endless(400).timeout(Duration.ofMillis(30)));
            assertThat(Status.fromThrowable(waiting.failure()).getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
            assertThat(waiting.pieces()).isEmpty();
            assertThat(Status.fromThrowable(running.failure()).getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
            assertNothingIsLost(mini);
        }
    }

    @Test
    void aPromptThatCannotBeEmbeddedFailsAlone() throws Exception {
        HostTensor narrow = HostTensor.allocate(PargoMini.visualTokens(1).dtype(), new long[] {80, 64});
        try (PargoMini mini = PargoMini.withSequences(4)) {
            Standstill still = new Standstill();
            CollectedAnswer running = mini.submit(Asked.of(TEXT).endless(50), still);
            still.begun();
            CollectedAnswer unknown =
                    mini.submit(Asked.of(List.of(new PromptPart.Tokens(new int[] {1, PargoMini.VOCABULARY}))));
            CollectedAnswer misfit =
                    mini.submit(Asked.of(PargoMini.about(narrow, DESCRIBE)).choices(2));
            still.end();
            assertFailed(unknown, ErrorReason.INTERNAL);
            assertFailed(misfit, ErrorReason.INTERNAL);
            assertThat(running.ids()).hasSize(50);
            assertNothingIsLost(mini);
        }
    }

    @Test
    void aFailedStepFailsThoseWhoTookPartAndNobodyElse() throws Exception {
        try (PargoMini mini = PargoMini.withSequences(4)) {
            List<Integer> want = mini.submit(Asked.of(PICTURE)).ids();
            Standstill still = new Standstill();
            CollectedAnswer beside = mini.submit(Asked.of(TEXT).endless(200), still);
            still.begun();
            CollectedAnswer impossible = mini.submit(Asked.of(TEXT).penalties(IMPOSSIBLE));
            CollectedAnswer waiting = mini.submit(Asked.of(PICTURE).choices(4));
            still.end();
            assertFailed(impossible, ErrorReason.INTERNAL);
            assertFailed(beside, ErrorReason.INTERNAL);
            // The content of the failed requests' pages is not reused; later requests are not affected.
            assertThat(waiting.ids(3)).isEqualTo(want);
            assertThat(mini.submit(Asked.of(PICTURE)).ids()).isEqualTo(want);
            assertNothingIsLost(mini);
        }
    }

    @Test
    void aFailedStepIsLoggedOnceWithTheIdsOfAllThatTookPart(CapturedOutput output) throws Exception {
        try (PargoMini mini = PargoMini.withSequences(4)) {
            Standstill still = new Standstill();
            CollectedAnswer beside = mini.submit(Asked.of(TEXT).from("alice").endless(200), still);
            still.begun();
            CollectedAnswer impossible = mini.submit(Asked.of(TEXT).from("bob").penalties(IMPOSSIBLE));
            still.end();
            beside.failure();
            impossible.failure();
            assertThat(output.toString().lines().filter(line -> line.contains("failed while it computed")))
                    .singleElement()
                    .asString()
                    .contains("request of alice")
                    .contains("request of bob");
        }
    }

    @Test
    void aNetworkThatIsGoneFailsEveryRequestAndLosesNoPage() {
        PargoMini mini = PargoMini.withSequences(2);
        assertThat(mini.submit(Asked.of(TEXT).endless(2)).ids()).hasSize(2);
        mini.engine.close();
        // One less than the number at which the watchdog considers the device failed.
        for (int i = 0; i < 4; i++) {
            assertFailed(mini.submit(Asked.of(TEXT)), ErrorReason.INTERNAL);
        }
        assertThat(mini.device.trouble()).isEmpty();
        assertThat(mini.engine.availablePages()).isEqualTo(mini.engine.pages());
        mini.device.close();
    }

    @Test
    void aConstraintThatFailsFailsItsOwnAnswer() throws Exception {
        Supplier<TokenConstraint> failing = () -> new TokenConstraint() {
            @Override
            public BitSet allowed() {
                BitSet all = new BitSet();
                all.set(3, 900);
                return all;
            }

            @Override
            public boolean mayEnd() {
                return false;
            }

            @Override
            public boolean isComplete() {
                return false;
            }

            @Override
            public void accept(int id) {
                throw new IllegalStateException("not this one");
            }
        };
        try (PargoMini mini = PargoMini.withSequences(4)) {
            CollectedAnswer beside = mini.submit(Asked.of(TEXT).endless(100));
            assertFailed(mini.submit(Asked.of(TEXT).constrained(failing)), ErrorReason.INTERNAL);
            assertFailed(
                    mini.submit(Asked.of(TEXT).constrained(() -> {
                        throw new IllegalStateException("none");
                    })),
                    ErrorReason.INTERNAL);
            assertThat(beside.ids()).hasSize(100);
            assertNothingIsLost(mini);
        }
    }

    @Test
    void aListenerThatFailsIsToldOnceThatItsRequestHasFailed(CapturedOutput output) throws Exception {
        try (PargoMini mini = PargoMini.withSequences(2)) {
            CollectedAnswer beside = mini.submit(Asked.of(TEXT).endless(100));
            int[] heard = {0};
            List<ErrorReason> told = new ArrayList<>();
            mini.engine.submit(Asked.of(TEXT).from("bob").endless(100).request(), new GenerationListener() {
                @Override
                public void onStarted() {}

                @Override
                public void onText(Piece piece) {
                    heard[0]++;
                    throw new IllegalStateException("closed");
                }

                @Override
                public void onFinished(GenerationSummary summary) {
                    heard[0]++;
                }

                @Override
                public void onFailed(RuntimeException failure) {
                    told.add(StageError.of(failure).orElseThrow().reason());
                }
            });
            assertThat(beside.ids()).hasSize(100);
            assertNothingIsLost(mini);
            assertThat(heard[0]).isEqualTo(1);
            assertThat(told).containsExactly(ErrorReason.INTERNAL);
            assertThat(output).contains("request of bob").doesNotContain("\tat ");
        }
    }

    /** The pages and the place of a request are free although its listener throws whatever it hears. */
    @Test
    void aListenerThatFailsAtEverythingEndsItsOwnRequestAlone(CapturedOutput output) {
        GenerationListener broken = new GenerationListener() {
            @Override
            public void onStarted() {
                throw new IllegalStateException("closed");
            }

            @Override
            public void onText(Piece piece) {
                throw new IllegalStateException("closed");
            }

            @Override
            public void onFinished(GenerationSummary summary) {
                throw new IllegalStateException("closed");
            }

            @Override
            public void onFailed(RuntimeException failure) {
                throw new IllegalStateException("closed too");
            }
        };
        try (PargoMini mini = PargoMini.withSequences(2)) {
            mini.engine.submit(
                    Asked.of(TEXT).from("bob").choices(2).endless(400).request(), broken);
            assertThat(mini.submit(Asked.of(PICTURE).endless(50)).ids()).hasSize(50);
            assertNothingIsLost(mini);
            assertThat(output.toString().lines().filter(line -> line.contains("request of bob")))
                    .hasSize(2);
        }
    }

    @Test
    void aCrashFailsEverybodyOnceAndEndsTheDevice() throws Exception {
        PargoMini mini = PargoMini.withSequences(2);
        Standstill still = new Standstill();
        CollectedAnswer running = mini.submit(Asked.of(TEXT).endless(400), still);
        still.begun();
        CollectedAnswer fatal = mini.submit(Asked.of(TEXT).constrained(() -> {
            throw new OutOfMemoryError("as if the device were gone");
        }));
        List<CollectedAnswer> waiting = IntStream.range(0, 3)
                .mapToObj(i -> mini.submit(Asked.of(TEXT).endless(400)))
                .toList();
        still.end();
        assertFailed(fatal, ErrorReason.DEVICE_LOST);
        assertFailed(running, ErrorReason.DEVICE_LOST);
        waiting.forEach(answer -> assertFailed(answer, ErrorReason.DEVICE_LOST));
        await().until(() -> mini.device.trouble().isPresent());
        assertFailed(mini.submit(Asked.of(TEXT)), ErrorReason.DEVICE_LOST);
        assertThat(mini.engine.availablePages()).isEqualTo(mini.engine.pages());
        mini.close();
    }

    @Test
    void closingFailsWhatIsLeftAsDraining() throws Exception {
        PargoMini mini = PargoMini.withSequences(1);
        Standstill untilItCloses = new Standstill();
        CollectedAnswer running = mini.submit(Asked.of(TEXT).endless(400), untilItCloses);
        untilItCloses.begun();
        CollectedAnswer waiting = mini.submit(Asked.of(TEXT).endless(400));
        mini.device.close();
        assertFailed(running, ErrorReason.DRAINING);
        assertFailed(waiting, ErrorReason.DRAINING);
        assertFailed(mini.submit(Asked.of(TEXT)), ErrorReason.DRAINING);
        mini.engine.close();
    }

    @Test
    void inACrowdOfAllKindsEveryRequestEndsOnce() throws Exception {
        Random random = new Random(11);
        try (PargoMini mini = PargoMini.withSequences(8)) {
            List<CollectedAnswer> kept = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                Asked asked = Asked.of(random.nextBoolean() ? TEXT : PICTURE).tokens(0, 1 + random.nextInt(12));
                switch (random.nextInt(6)) {
                    case 0 -> asked.beams(1 + random.nextInt(4));
                    case 1 -> asked.choices(1 + random.nextInt(8)).sampled(1, i);
                    case 2 -> asked.penalties(new Penalties(1.1, 0.1, 0.1, Map.of(5, 1f)));
                    case 3 -> asked.topLogprobs(3).sampled(0.7, i);
                    case 4 -> asked.timeout(Duration.ofMillis(random.nextInt(200)));
                    default -> asked.stop("a");
                }
                CollectedAnswer answer = mini.submit(asked);
                if (random.nextInt(5) == 0) {
                    answer.generation.cancel();
                } else {
                    kept.add(answer);
                }
            }
            kept.forEach(CollectedAnswer::end);
            assertNothingIsLost(mini);
        }
    }
}
