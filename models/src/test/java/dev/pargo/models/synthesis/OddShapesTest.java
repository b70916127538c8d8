package dev.pargo.models.synthesis;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import dev.pargo.models.bundle.ModelBundle;
import dev.pargo.models.fixture.Cosine;
import dev.pargo.models.llm.CausalLm;
import dev.pargo.models.llm.Logits;
import dev.pargo.models.llm.PromptEmbedding;
import dev.pargo.models.llm.PromptPart;
import dev.pargo.models.torch.Placement;
import dev.pargo.models.torch.Precision;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.node.ObjectNode;

/** Integer weights of layers whose sizes are not multiples of the kernels' blocks: 2 x 171 outputs, 171 inputs. */
class OddShapesTest {

    private static final int INTERMEDIATE = 171;

    @ParameterizedTest
    @EnumSource(
            value = Precision.class,
            names = {"INT8", "INT4"})
    void answersNearlyAsInFloat32(Precision precision, @TempDir Path directory) {
        Preset preset = TinyPresets.shrink("smol-135m");
        ObjectNode config = (ObjectNode) preset.documents().entrySet().stream()
                .filter(document -> document.getValue().has("architectures"))
                .findFirst()
                .orElseThrow()
                .getValue();
        config.put("intermediate_size", INTERMEDIATE);
        Path model = directory.resolve("model");
        Synthesis.begin(preset, model, OptionalInt.empty()).writeWeights(1, bytes -> {});

        float[] exact = logits(model, Placement.REFERENCE);
        float[] quantized = logits(model, new Placement(Device.cpu(), precision, true));

        assertThat(Cosine.of(quantized, exact)).isGreaterThan(0.99);
    }

    private static float[] logits(Path model, Placement placement) {
        try (CausalLm lm = CausalLm.load(ModelBundle.read(model).llm(), placement);
                PromptEmbedding prompt = lm.embed(List.of(new PromptPart.Tokens(new int[] {1, 17, 400, 999})));
                Logits logits = lm.score(prompt)) {
            return logits.toArray();
        }
    }
}
