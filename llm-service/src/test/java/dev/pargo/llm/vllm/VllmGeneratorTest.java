package dev.pargo.llm.vllm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import dev.pargo.llm.engine.Asked;
import dev.pargo.llm.engine.EngineMetrics;
import dev.pargo.llm.engine.EngineProperties;
import dev.pargo.llm.engine.GenerationListener;
import dev.pargo.llm.engine.GenerationSummary;
import dev.pargo.models.bundle.ModelBundle;
import dev.pargo.models.config.ConfigException;
import dev.pargo.models.llm.PromptPart;
import dev.pargo.proto.StageError;
import dev.pargo.stage.status.StageMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;

/** Whether a server can be used is found out before the service starts. A request ends once, whatever its listener does. */
class VllmGeneratorTest {

    private final ScriptedVllm vllm = new ScriptedVllm();

    VllmGeneratorTest() throws IOException {}

    @AfterEach
    void stop() {
        vllm.close();
    }

    @Test
    void theContextIsTheSmallerOfTheModelsAndTheServers() {
        vllm.context = 300;

        try (VllmGenerator generator = connect(vllm.url(), null, List.of())) {
            assertThat(generator.contextTokens()).isEqualTo(300);
        }
    }

    @Test
    void aServerWithOtherEmbeddingsIsNotUsed() {
        vllm.embeddedLogprob = -4.5;

        assertRefused(vllm.url(), null, List.of())
                .withMessageContaining("its model 'mini' is not the bundle's LLM")
                .withMessageContaining("-4.500")
                .withMessageContaining("-1.000");
    }

    @Test
    void aServerThatDoesNotAnswerIsNamed() {
        vllm.close();

        assertRefused(vllm.url(), null, List.of())
                .withMessage("vLLM at " + vllm.url() + "/ cannot be used: no connection");
    }

    @Test
    void aServerThatStartsLaterIsWaitedFor() {
        vllm.healthy = false;
        CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS).execute(() -> vllm.healthy = true);

        try (VllmGenerator generator = connect(vllm.url(), null, List.of())) {
            assertThat(generator.trouble()).isEmpty();
        }
    }

    @Test
    void aModelThatTheServerDoesNotHaveIsNamed() {
        assertRefused(vllm.url(), "other", List.of()).withMessageContaining("it does not serve 'other'");
    }

    @Test
    void adaptersAreRefusedByName() {
        assertRefused(vllm.url(), null, List.of("birds=/data/birds")).withMessageContaining("pargo.llm.adapters");
    }

    @Test
    void anAddressThatIsNoneIsRefused() {
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> connect("localhost:8000", null, List.of()))
                .withMessageContaining("pargo.llm.vllm.url is 'localhost:8000'");
    }

    @Test
    void aListenerThatFailsIsToldOnceThatItsRequestHasFailed() {
        vllm.next(answer -> answer.all("length", List.of(733, 263, 733)));
        List<String> heard = new CopyOnWriteArrayList<>();

        try (VllmGenerator generator = connect(vllm.url(), null, List.of())) {
            generator.submit(
                    Asked.of(List.of(new PromptPart.Tokens(new int[] {1, 733})))
                            .endless(3)
                            .request(),
                    new GenerationListener() {
                        @Override
                        public void onStarted() {
                            heard.add("started");
                        }

                        @Override
                        public void onText(Piece piece) {
                            heard.add("text");
                            throw new IllegalStateException("closed");
                        }

                        @Override
                        public void onFinished(GenerationSummary summary) {
                            heard.add("finished");
                        }

                        @Override
                        public void onFailed(RuntimeException failure) {
                            heard.add(StageError.of(failure)
                                    .orElseThrow()
                                    .reason()
                                    .name());
                        }
                    });
            await().untilAsserted(() -> assertThat(heard).containsExactly("started", "text", "INTERNAL"));
        }
    }

    private static ThrowableAssertAlternative<ConfigException> assertRefused(
            String url, @Nullable String model, List<String> adapters) {
        return assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> connect(url, model, adapters));
    }

    private static VllmGenerator connect(String url, @Nullable String model, List<String> adapters) {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        ModelBundle bundle = ModelBundle.read(Path.of("../bundle/pargo-mini"));
        return VllmGenerator.connect(
                new VllmProperties(url, model, null, Duration.ofSeconds(3)),
                bundle.llm(),
                bundle.tokenizer(),
                new EngineProperties(null, null, DataSize.ofMegabytes(1), 1, 1, true, Duration.ZERO, adapters, true),
                new StageMetrics(meters, "llm"),
                new EngineMetrics(meters, "pargo-mini"));
    }
}
