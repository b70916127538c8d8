package dev.pargo.llm.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pargo.models.llm.CausalLm;
import dev.pargo.models.llm.DecoderConfig;
import dev.pargo.models.llm.PromptPart;
import dev.pargo.models.llm.SamplingParams;
import dev.pargo.models.llm.Step;
import dev.pargo.models.network.StoredNetwork;
import dev.pargo.models.torch.Placement;
import dev.pargo.models.weights.Checkpoint;
import dev.pargo.models.weights.FusionCheckpoint;
import dev.pargo.models.weights.LoraAdapter;
import dev.pargo.stage.device.DeviceExecutor;
import dev.pargo.stage.device.SelfCheck;
import dev.pargo.stage.device.WatchdogLimits;
import dev.pargo.stage.status.StageMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.springframework.util.unit.DataSize;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The engine against the reference's fixtures, token by token: every prompt of a case at once, greedily and with beams,
 * so that the batch is mixed.
 */
class DecodingParityTest {

    private static final Path FIXTURES = Path.of(System.getProperty("pargo.fixtures", "../models/src/test/fixtures"));

    @TestFactory
    Stream<DynamicTest> greedyAndBeamAnswersEqualTheReferences() {
        return Stream.of("internlm2", "llama", "llama3", "qwen2")
                .filter(name -> Files.exists(FIXTURES.resolve(name)))
                .flatMap(name -> Stream.of(false, true)
                        .filter(lora -> !lora || name.equals("internlm2"))
                        .map(lora ->
                                DynamicTest.dynamicTest(lora ? name + " with LoRA" : name, () -> check(name, lora))));
    }

    private static void check(String name, boolean lora) throws Exception {
        Path directory = FIXTURES.resolve(name);
        JsonNode description = new JsonMapper().readTree(Files.readAllBytes(directory.resolve("case.json")));
        LoraAdapter adapter = lora
                ? LoraAdapter.of(
                        FusionCheckpoint.open(directory.resolve("fusion_lora.pt")),
                        description.at("/lora/alpha").asDouble())
                : LoraAdapter.none();
        Checkpoint goldens = Checkpoint.open(directory.resolve("golden.safetensors"));
        EngineProperties properties = new EngineProperties(
                16, 128, DataSize.ofMegabytes(64), 16, 16, true, Duration.ofSeconds(2), List.of(), true);
        StageMetrics metrics = new StageMetrics(new SimpleMeterRegistry(), "llm");
        try (CausalLm lm = CausalLm.load(
                        new StoredNetwork<>(DecoderConfig.read(directory), Checkpoint.open(directory), adapter),
                        Placement.REFERENCE);
                Engine engine = new Engine(
                        lm,
                        new IdTokenizer(),
                        properties,
                        metrics,
                        new EngineMetrics(new SimpleMeterRegistry(), "test"),
                        new SelfCheck(new ProbePrompt(lm), System::nanoTime));
                DeviceExecutor device = DeviceExecutor.start("test-device", engine, WatchdogLimits.DEFAULT, () -> {})) {
            List<Runnable> checks = new ArrayList<>();
            for (JsonNode prompt : description.get("prompts")) {
                String promptName = prompt.get("name").asString();
                if (promptName.startsWith("lora") != lora) {
                    continue;
                }
                List<PromptPart> parts = List.of(new PromptPart.Visual(
                        goldens.read(promptName + ".inputs_embeds").get(0)));
                checks.add(submit(engine, lm, parts, null, prompt, "greedy", description));
                checks.add(submit(
                        engine, lm, parts, new BeamSearchParams(4, 1, false, false), prompt, "beam", description));
                checks.add(submit(
                        engine,
                        lm,
                        parts,
                        new BeamSearchParams(4, 1, false, true),
                        prompt,
                        "beam_newer_rule",
                        description));
            }
            checks.forEach(Runnable::run);
            assertThat(engine.availablePages()).isEqualTo(engine.pages());
        }
    }

    private static Runnable submit(
            Engine engine,
            CausalLm lm,
            List<PromptPart> prompt,
            @Nullable BeamSearchParams beams,
            JsonNode fixture,
            String golden,
            JsonNode description) {
        List<Integer> want = StreamSupport.stream(fixture.get(golden).spliterator(), false)
                .map(JsonNode::asInt)
                .toList();
        CollectedAnswer answer = new CollectedAnswer();
        engine.submit(
                new GenerationRequest(
                        new RequestOrigin("request", "client"),
                        prompt,
                        PromptKeys.of(prompt),
                        false,
                        Step.BASE,
                        1,
                        SamplingParams.GREEDY,
                        Penalties.NONE,
                        beams,
                        0,
                        0,
                        description.at("/generation/max_new_tokens").asInt(),
                        List.of(),
                        lm.config().eos(),
                        null,
                        null,
                        null,
                        null,
                        "",
                        System.nanoTime() + TimeUnit.SECONDS.toNanos(60)),
                answer);
        return () -> assertThat(answer.ids(0))
                .as("%s %s", fixture.get("name").asString(), golden)
                .isEqualTo(want);
    }
}
