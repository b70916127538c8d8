package dev.pargo.llm.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pargo.models.bundle.ModelBundle;
import dev.pargo.models.llm.CausalLm;
import dev.pargo.models.llm.DecoderConfig;
import dev.pargo.models.llm.PromptPart;
import dev.pargo.models.llm.Step;
import dev.pargo.models.network.StoredNetwork;
import dev.pargo.models.tensor.DType;
import dev.pargo.models.torch.Placement;
import dev.pargo.models.weights.LoraAdapter;
import dev.pargo.models.weights.ParameterSpec;
import dev.pargo.models.weights.SafetensorsWriter;
import dev.pargo.models.weights.WrittenTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests that choose adapters share steps, and are answered as if their adapter were merged. */
class AdapterRequestsTest {

    private static final int ADAPTERS = 2;
    private static final int TOKENS = 12;

    @TempDir
    private Path temporary;

    private StoredNetwork<DecoderConfig> base;
    private final List<LoraAdapter> adapters = new ArrayList<>();

    @BeforeEach
    void write() throws IOException {
        base = ModelBundle.read(Path.of("../bundle/pargo-mini")).llm();
        for (int i = 0; i < ADAPTERS; i++) {
            adapters.add(write(temporary.resolve("adapter-" + i), i));
        }
    }

    private LoraAdapter write(Path directory, long seed) throws IOException {
        Files.createDirectories(directory);
        Files.writeString(
                directory.resolve("adapter_config.json"), "{\"peft_type\": \"LORA\", \"r\": 4, \"lora_alpha\": 8}");
        List<WrittenTensor> tensors = new ArrayList<>();
        for (ParameterSpec parameter : base.config().parameters()) {
            if (base.config().takesUpdates(parameter)) {
                String lora = "base_model.model." + parameter.name().replaceFirst("weight$", "lora_");
                tensors.add(new WrittenTensor(
                        lora + "A.weight", DType.FLOAT32, 4, parameter.shape()[1]));
                tensors.add(new WrittenTensor(
                        lora + "B.weight", DType.FLOAT32, parameter.shape()[0], 4));
            }
        }
        Random random = new Random(seed);
        SafetensorsWriter.write(directory.resolve("adapter_model.safetensors"), tensors, (tensor, out) -> {
            ByteBuffer values =
                    ByteBuffer.allocate(Math.toIntExact(tensor.bytes())).order(ByteOrder.LITTLE_ENDIAN);
            while (values.hasRemaining()) {
                values.putFloat((float) (0.25 * random.nextGaussian()));
            }
            out.accept(values.flip());
        });
        return ModelBundle.openAdapter(directory);
    }

    private static List<PromptPart> prompt() {
        return PargoMini.aboutImage(1, PargoMini.DESCRIBE);
    }

    private static Asked asked() {
        return Asked.of(prompt()).endless(TOKENS);
    }

    /** The model's answer with a merged adapter; null for the model itself. */
    private List<Integer> merged(int adapter) {
        StoredNetwork<DecoderConfig> stored = adapter == Step.BASE
                ? base
                : new StoredNetwork<>(base.config(), base.checkpoint(), adapters.get(adapter));
        try (CausalLm lm = CausalLm.load(stored, Placement.REFERENCE);
                PargoMini mini = new PargoMini(PargoMini.properties(1, 4, false), lm)) {
            return mini.submit(asked()).ids();
        }
    }

    @Test
    void requestsOfOneStepAreAnsweredEachByItsAdapter() {
        try (CausalLm lm = CausalLm.load(base.withChoices(adapters), Placement.REFERENCE);
                PargoMini mini = new PargoMini(PargoMini.properties(6, 12, true), lm)) {
            List<CollectedAnswer> answers = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                answers.add(mini.submit(asked().adapter(i % 3 - 1)));
            }
            for (int i = 0; i < 6; i++) {
                assertThat(answers.get(i).ids()).as("request %d", i).isEqualTo(merged(i % 3 - 1));
            }
            assertThat(merged(0)).isNotEqualTo(merged(1)).isNotEqualTo(merged(Step.BASE));
        }
    }

    @Test
    void aPromptIsFoundInTheCacheOnlyByRequestsWithItsAdapter() {
        try (CausalLm lm = CausalLm.load(base.withChoices(adapters), Placement.REFERENCE);
                PargoMini mini = new PargoMini(PargoMini.properties(2, 8, true), lm)) {
            int tokens = PromptKeys.of(prompt()).length;
            for (int adapter = Step.BASE; adapter < ADAPTERS; adapter++) {
                assertThat(mini.submit(asked().adapter(adapter)).summary().cachedTokens())
                        .isZero();
            }
            for (int adapter = Step.BASE; adapter < ADAPTERS; adapter++) {
                CollectedAnswer again = mini.submit(asked().adapter(adapter));
                assertThat(again.summary().cachedTokens()).isEqualTo(tokens - 1);
                assertThat(again.ids()).isEqualTo(merged(adapter));
            }
        }
    }
}
