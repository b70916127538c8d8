package dev.pargo.models.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.pargo.models.chat.Written;
import dev.pargo.models.config.ConfigException;
import dev.pargo.models.image.ResizeMode;
import dev.pargo.models.inspect.Inspector;
import dev.pargo.models.inspect.NetworkReport;
import dev.pargo.models.inspect.Report;
import dev.pargo.models.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OriginalLlavaTest {

    private static final String CLIP = "openai/clip-vit-large-patch14-336";

    @TempDir
    private Path directory;

    private Path huggingFace;
    private Path original;

    @BeforeEach
    void write() throws IOException {
        huggingFace = LlavaDirectory.write(directory.resolve("llava-1.5-7b-hf"), false);
        original = LlavaDirectory.writeOriginal(huggingFace, directory.resolve("llava-v1.5-7b"));
    }

    @Test
    void isTheSameModelAsInHuggingFacesLayout() {
        ModelBundle expected = ModelBundle.read(huggingFace);
        ModelBundle bundle = ModelBundle.read(original);

        assertThat(bundle.name()).isEqualTo("llava-v1.5-7b");
        assertThat(bundle.vision().fingerprint()).isEqualTo(expected.vision().fingerprint());
        assertThat(bundle.projector().fingerprint())
                .isEqualTo(expected.projector().fingerprint());
        assertThat(bundle.llm().fingerprint()).isEqualTo(expected.llm().fingerprint());
        assertThat(Written.example(bundle)).isEqualTo(Written.example(expected));
        bundle.vision().check();
        bundle.projector().check();
        bundle.llm().check();
        try (Tokenizer tokenizer = bundle.tokenizer()) {
            assertThat(tokenizer.encode("USER:")).isNotEmpty();
        }
    }

    /** image_aspect_ratio is pad, independent of CLIP's own processor. */
    @Test
    void padsPicturesAsItWasTrained() {
        assertThat(ModelBundle.read(original).preprocessing().mode()).isEqualTo(ResizeMode.EXPAND_TO_SQUARE);
        assertThat(ModelBundle.read(original).preprocessing().size()).isEqualTo(28);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"clip-vit-large-patch14-336", "llava-v1.5-7b/" + CLIP, "llava-v1.5-7b/clip-vit-large-patch14-336"
            })
    void theTowerMayAlsoBe(String place) throws IOException {
        Path moved = directory.resolve(place);
        Files.createDirectories(moved.getParent());
        Files.move(directory.resolve(CLIP), moved);

        ModelBundle.read(original).vision().check();
    }

    @Test
    void aMissingTowerIsOneClearLineOfTheEncoderAlone() throws IOException {
        Files.move(directory.resolve(CLIP), directory.resolve("elsewhere"));
        ModelBundle bundle = ModelBundle.read(original);

        bundle.llm().check();
        assertThatThrownBy(bundle::vision)
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("the vision tower (mm_vision_tower %s) is in none of".formatted(CLIP))
                .hasMessageContaining(directory.resolve(CLIP).toString());
        Report report = Inspector.inspect(original);
        assertThat(report.networks())
                .extracting(NetworkReport::part, NetworkReport::isComplete)
                .contains(tuple("encoder", false))
                .contains(tuple("llm", true));
    }

    /** A manifest can name a tower in any directory. */
    @Test
    void aManifestMayNameTheTower() throws IOException {
        Files.move(directory.resolve(CLIP), directory.resolve("my-clip"));
        Path manifest = Files.writeString(directory.resolve("bundle.json"), """
                {"name": "llava", "image": {"size": 28, "pad_to_square": true}, "vision": {"dir": "my-clip"},
                 "projector": {"dir": "llava-v1.5-7b"}, "llm": {"dir": "llava-v1.5-7b"},
                 "prompt": {"format": "vicuna"}}""");
        ModelBundle bundle = ModelBundle.read(manifest);

        bundle.vision().check();
        bundle.projector().check();
        bundle.llm().check();
    }

    @Test
    void inspectTellsTheWholeModel() {
        Report report = Inspector.inspect(original);

        assertThat(report.isComplete()).isTrue();
        assertThat(report.networks()).extracting(NetworkReport::network).containsExactly("clip", "llava-mlp", "llama");
    }

    @ParameterizedTest
    @CsvSource({
        "'\"mlp2x_gelu\"', '\"linear\"', unknown mm_projector_type 'linear'; known: mlp2x_gelu",
        "'\"pad\"', '\"anyres\"', unknown image_aspect_ratio 'anyres'; known: square",
        "'\"patch\"', '\"cls_patch\"', unknown mm_vision_select_feature 'cls_patch'; known: patch",
        "'\"mm_use_im_start_end\": false', '\"mm_use_im_start_end\": true', mm_use_im_start_end is true"
    })
    void refusesWhatIsNotDoneHere(String text, String replacement, String problem) throws IOException {
        Files.writeString(original.resolve("config.json"), LlavaDirectory.ORIGINAL_CONFIG.replace(text, replacement));
        assertThatThrownBy(() -> ModelBundle.read(original))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("config.json: ")
                .hasMessageContaining(problem);
    }
}
