package dev.pargo.gateway;

import static org.awaitility.Awaitility.await;

import com.openai.client.OpenAIClient;
import dev.pargo.gateway.loopback.LoopbackStages;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A gateway in front of loopback stages, for all tests of a class. Before each test the stages behave normally again,
 * and their records are cleared.
 */
final class GatewayExtension implements BeforeEachCallback, AfterAllCallback {

    final LoopbackStages stages;
    final RunningGateway gateway;
    private @Nullable OpenAIClient openAi;

    private GatewayExtension(LoopbackStages stages, String... arguments) {
        this.stages = stages;
        this.gateway = RunningGateway.start(stages, arguments);
    }

    /** @param arguments of the gateway's command line, without the stages' targets */
    static GatewayExtension start(String... arguments) {
        return start(stages -> {}, arguments);
    }

    /** @param preparation of the stages before the gateway knows them */
    static GatewayExtension start(Consumer<LoopbackStages> preparation, String... arguments) {
        try {
            LoopbackStages stages = new LoopbackStages();
            preparation.accept(stages);
            return new GatewayExtension(stages, arguments);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** OpenAI's own client. It is closed with the gateway. */
    OpenAIClient openAi() {
        if (openAi == null) {
            openAi = gateway.openAi();
        }
        return openAi;
    }

    @Override
    public void beforeEach(ExtensionContext test) {
        // A client sees the end of its answer a moment before the gateway counts it.
        await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(5)).until(() -> gateway.active() == 0);
        stages.reset();
    }

    @Override
    public void afterAll(ExtensionContext tests) {
        if (openAi != null) {
            openAi.close();
        }
        gateway.close();
        stages.close();
    }
}
