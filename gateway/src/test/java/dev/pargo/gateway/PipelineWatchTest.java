package dev.pargo.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pargo.gateway.loopback.LoopbackStages;
import dev.pargo.proto.v1.DataType;
import dev.pargo.proto.v1.EncoderDescription;
import dev.pargo.proto.v1.LlmDescription;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.protobuf.services.HealthStatusManager;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Readiness is reported correctly, and weights of different bundles are never combined. */
class PipelineWatchTest {

    private LoopbackStages stages;
    private RunningGateway gateway;

    @BeforeEach
    void start() throws Exception {
        stages = new LoopbackStages();
    }

    @AfterEach
    void stop() {
        gateway.close();
        stages.close();
    }

    @Test
    void followsAStageThatGoesAndComesBackAsAnother() throws Exception {
        gateway = RunningGateway.start(stages);

        stages.stopEncoder();
        gateway.awaitReadiness(503);
        assertThat(gateway.readiness().body()).contains("the encoder cannot be reached", "\"loopback\"");
        HttpResponse<String> image = gateway.chat(Bodies.image(7, "Hm?"));
        assertThat(image.statusCode()).isEqualTo(503);
        assertThat(image.headers().firstValue("retry-after")).contains("2");
        assertThat(image.body()).contains("the encoder cannot be reached").doesNotContain("127.0.0.1");
        assertThat(gateway.chat(Bodies.text("Hm?")).statusCode())
                .as("text needs the LLM only")
                .isEqualTo(200);

        EncoderDescription first = stages.encoder.description;
        stages.encoder.description =
                first.toBuilder().setOutput(LoopbackStages.tensor(144, 192)).build();
        stages.startEncoder();
        awaitProblem("the encoder makes 144 x 192 features, the projector takes 576 x 1024");
        assertThat(gateway.chat(Bodies.image(7, "Hm?")).statusCode()).isEqualTo(503);

        stages.encoder.description = first;
        gateway.awaitReadiness(200);
        assertThat(gateway.chat(Bodies.image(7, "Hm?")).statusCode()).isEqualTo(200);
    }

    @Test
    void refusesStagesThatDoNotFit() throws Exception {
        LlmDescription fits = stages.llm.description;
        stages.llm.description = fits.toBuilder()
                .setVisualInput(fits.getVisualInput().toBuilder()
                        .setWidth(2048)
                        .clearDtypes()
                        .addDtypes(DataType.BFLOAT16))
                .setIdentity(fits.getIdentity().toBuilder().setBundleRevision("r2"))
                .build();
        gateway = RunningGateway.startUnready(stages);

        awaitProblem("the projector makes visual tokens of width 4096, the LLM takes 2048; "
                + "the projector makes float32, the LLM takes bfloat16; "
                + "encoder, projector and LLM serve different bundles (loopback@r1, loopback@r1, loopback@r2)");
    }

    @Test
    void stagesOfDifferentBundlesMayBeAllowed() {
        LlmDescription description = stages.llm.description;
        stages.llm.description = description.toBuilder()
                .setIdentity(description.getIdentity().toBuilder().setBundleRevision("r2"))
                .build();

        gateway = RunningGateway.start(stages, "--pargo.pipelines[0].require-same-bundle=false");
    }

    @Test
    void aReplicaThatIsNotServingGetsNoCalls() throws Exception {
        gateway = RunningGateway.start(stages);

        stages.health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, ServingStatus.NOT_SERVING);
        gateway.awaitReadiness(503);
        stages.health.setStatus(HealthStatusManager.SERVICE_NAME_ALL_SERVICES, ServingStatus.SERVING);
        gateway.awaitReadiness(200);
    }

    @Test
    void aPipelineMayHaveANameOfItsOwn() throws Exception {
        gateway = RunningGateway.start(stages, "--pargo.pipelines[0].name=house-model");

        assertThat(gateway.chat(Bodies.text("Hm?")).statusCode()).isEqualTo(404);
        assertThat(gateway.chat(Bodies.text("Hm?").replace("loopback", "house-model"))
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void startsAgainWithNewWeightsThatWereReplacedUnnoticed() throws Exception {
        gateway = RunningGateway.start(stages, "--pargo.replicas.describe-every=1h");
        LlmDescription old = stages.llm.description;
        stages.llm.description = old.toBuilder()
                .setIdentity(LoopbackStages.identity("internlm2", "l2"))
                .build();

        assertThat(gateway.chat(Bodies.image(7, "Hm?")).statusCode()).isEqualTo(200);
        assertThat(stages.llm.behaviour.calls).hasValue(2);
        assertThat(stages.encoder.behaviour.calls)
                .as("visual tokens are still right")
                .hasValue(1);
    }

    @Test
    void makesVisualTokensAgainWhenTheirMakerHasBeenReplaced() throws Exception {
        gateway = RunningGateway.start(stages);
        String body = Bodies.image(7, "Hm?");
        gateway.chat(body);
        stages.projector.description = stages.projector.description.toBuilder()
                .setIdentity(LoopbackStages.identity("pargo", "p2"))
                .build();
        await().until(() -> gateway.get("/v1/models").body().contains("\"fingerprint\":\"p2\""));

        assertThat(gateway.chat(body).statusCode()).isEqualTo(200);
        assertThat(stages.projector.behaviour.calls).hasValue(2);
    }

    @Test
    void neverUsesATensorOfUnknownWeights() throws Exception {
        gateway = RunningGateway.start(stages);
        stages.encoder.producer = "somebody-else";

        HttpResponse<String> response = gateway.chat(Bodies.image(7, "Hm?"));

        assertThat(response.statusCode()).isEqualTo(503);
        assertThat(response.headers().firstValue("retry-after")).contains("1");
        assertThat(response.body()).contains("The encoder service is being replaced");
        assertThat(stages.projector.behaviour.calls).hasValue(0);
        assertThat(stages.llm.behaviour.calls).hasValue(0);
    }

    private void awaitProblem(String problem) {
        await().untilAsserted(() -> {
            assertThat(gateway.readiness().statusCode()).isEqualTo(503);
            assertThat(gateway.readiness().body()).contains("not ready: " + problem);
        });
    }
}
