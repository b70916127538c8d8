package dev.pargo.models.synthesis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pargo.models.bundle.BundlePart;
import dev.pargo.models.bundle.ModelBundle;
import dev.pargo.models.chat.Written;
import dev.pargo.models.config.ConfigException;
import dev.pargo.models.fixture.Tolerance;
import dev.pargo.models.picture.Grid;
import dev.pargo.models.picture.PictureLayout;
import dev.pargo.models.picture.PictureRows;
import dev.pargo.models.projector.PatchProjector;
import dev.pargo.models.projector.Projector;
import dev.pargo.models.tensor.DType;
import dev.pargo.models.tensor.HostTensor;
import dev.pargo.models.tokenizer.Tokenizer;
import dev.pargo.models.torch.Placement;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProjectorVariantTest {

    private static final Path MINI = Path.of("../bundle/pargo-mini");

    @TempDir
    private Path temporary;

    private ModelBundle write(ModelBundle base, String type, OptionalInt visualTokens) {
        Path directory = temporary.resolve("variant");
        ProjectorVariant.write(base, type, visualTokens, directory, 1);
        return ModelBundle.read(directory);
    }

    @ParameterizedTest
    @CsvSource({
        "ParGo, pargo, 80",
        "Q-Former, q-former, 80",
        "linear, linear, 36",
        "mlp, mlp, 36",
        "C-Abstractor, c-abstractor, 144",
        "LDPv2, ldpv2, 144",
        "pixel-shuffle, internvl-mlp, 36",
        "average-pool, gemma3-pool, 36",
        "qwen-merger, qwen2-vl-merger, 36"
    })
    void sharesEverythingButTheProjector(String type, String network, int visualTokens) {
        ModelBundle mini = ModelBundle.read(MINI);
        ModelBundle variant = write(mini, type, OptionalInt.empty());

        assertThat(variant.vision().fingerprint()).isEqualTo(mini.vision().fingerprint());
        assertThat(variant.llm().fingerprint()).isEqualTo(mini.llm().fingerprint());
        assertThat(Written.example(variant)).isEqualTo(Written.example(mini));
        assertThat(variant.preprocessing()).usingRecursiveComparison().isEqualTo(mini.preprocessing());
        assertThat(variant.projector().fingerprint())
                .isNotEqualTo(mini.projector().fingerprint());
        try (Projector projector = Projector.load(variant.projector(), Placement.REFERENCE)) {
            assertThat(projector.config().network()).isEqualTo(network);
            PictureRows features = new PictureRows(
                    PictureLayout.whole(168, 168, new Grid(12, 12)), HostTensor.allocate(DType.FLOAT32, 144, 192));
            HostTensor tokens =
                    projector.projectPictures(List.of(features)).get(0).rows();
            assertThat(tokens.shape()).containsExactly(visualTokens, 256);
            for (float value : Tolerance.floats(tokens)) {
                assertThat(value).isFinite();
            }
        }
    }

    @Test
    void saysWhatIsRandom() {
        ModelBundle variant = write(ModelBundle.read(MINI), "linear", OptionalInt.empty());

        assertThat(variant.hasRandomWeights(BundlePart.PROJECTOR)).isTrue();
        assertThat(variant.hasRandomWeights(BundlePart.VISION)).isFalse();
        assertThat(variant.hasRandomWeights(BundlePart.LLM)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "ParGo, 24",
        "ParGo, 81",
        "Q-Former, 32",
        "linear, 144",
        "mlp, 16",
        "C-Abstractor, 25",
        "LDPv2, 64",
        "pixel-shuffle, 16",
        "average-pool, 9",
        "qwen-merger, 144"
    })
    void visualTokensCanBeChosen(String type, int visualTokens) {
        ModelBundle variant = write(ModelBundle.read(MINI), type, OptionalInt.of(visualTokens));

        assertThat(ProjectorVariant.visualTokens(
                        variant.projector().config(), variant.vision().config().square()))
                .isEqualTo(visualTokens);
        variant.projector().check();
    }

    @ParameterizedTest
    @CsvSource({
        "linear, 50, 144 patches cannot be joined to 50 visual tokens",
        "pixel-shuffle, 64, 12 x 12 patches do not make so many squares",
        "C-Abstractor, 50, num_query_token: 50 are no square"
    })
    void refusesVisualTokensThatThePatchesDoNotMake(String type, int visualTokens, String problem) {
        ModelBundle mini = ModelBundle.read(MINI);
        assertThatThrownBy(() -> write(mini, type, OptionalInt.of(visualTokens)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(problem);
        assertThat(temporary.resolve("variant")).doesNotExist();
    }

    /** A directory of Hugging Face's has no manifest; the projector gets the release's sizes. */
    @Test
    void standsBesideALlava() {
        Path directory = temporary.resolve("llava");
        Synthesis.begin(TinyPresets.shrink("llava-1.5-7b"), directory, OptionalInt.empty())
                .writeWeights(1, bytes -> {});
        ModelBundle llava = ModelBundle.read(directory);
        ModelBundle variant = write(llava, "ParGo", OptionalInt.empty());

        PatchProjector projector = variant.projector().config().fixed();
        assertThat(projector.outputTokens()).isEqualTo(16 / 2 + 16);
        assertThat(projector.outputWidth()).isEqualTo(llava.llm().config().width());
        assertThat(variant.vision().fingerprint()).isEqualTo(llava.vision().fingerprint());
        assertThat(variant.llm().fingerprint()).isEqualTo(llava.llm().fingerprint());
        assertThat(Written.example(variant)).isEqualTo(Written.example(llava));
        assertThat(variant.preprocessing()).usingRecursiveComparison().isEqualTo(llava.preprocessing());
        assertThat(variant.hasRandomWeights(BundlePart.LLM)).isTrue();
        variant.projector().check();
        try (Tokenizer tokenizer = variant.tokenizer()) {
            assertThat(tokenizer.encode("What is this?")).isNotEmpty();
        }
    }
}
