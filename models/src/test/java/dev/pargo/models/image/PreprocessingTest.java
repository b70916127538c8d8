package dev.pargo.models.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pargo.models.config.ConfigException;
import dev.pargo.models.config.JsonConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreprocessingTest {

    /** As {@code openai/clip-vit-large-patch14-336} and the LLaVA-1.5 directories have it. */
    private static final String CLIP_PROCESSOR = """
            {"crop_size": {"height": 336, "width": 336}, "do_center_crop": true, "do_convert_rgb": true,
             "do_normalize": true, "do_rescale": true, "do_resize": true, "image_processor_type": "CLIPImageProcessor",
             "image_mean": [0.48145466, 0.4578275, 0.40821073], "image_std": [0.26862954, 0.26130258, 0.27577711],
             "resample": 3, "rescale_factor": 0.00392156862745098, "size": {"shortest_edge": 336}}""";

    @TempDir
    private Path directory;

    @Test
    void isThatOfClipWhereABundleIsSilent() {
        Preprocessing preprocessing = Preprocessing.read(json("{'size': 336}"));

        assertThat(preprocessing.size()).isEqualTo(336);
        assertThat(preprocessing.mode()).isEqualTo(ResizeMode.PLAIN);
        assertThat(preprocessing.padColor()).isEqualTo(new Rgb(122, 116, 104));
        assertThat(preprocessing.mean()).containsExactly(0.48145466f, 0.4578275f, 0.40821073f);
        assertThat(preprocessing.std()).containsExactly(0.26862954f, 0.26130258f, 0.27577711f);
        assertThat(preprocessing.convention()).isEqualTo(ImageConvention.NATURAL);
    }

    @Test
    void takesItsModeAndConventionFromTheBundle() {
        assertThat(mode("{'size': 336, 'pad_to_square': true}")).isEqualTo(ResizeMode.EXPAND_TO_SQUARE);
        assertThat(mode("{'size': 336, 'center_crop': true}")).isEqualTo(ResizeMode.CENTER_CROP);
        Preprocessing letterbox = Preprocessing.read(
                json(
                        "{'size': 336, 'pad_to_square': true, 'letterbox': 448, 'convention': 'reference', 'pad_color': [0, 0, 0]}"));
        assertThat(letterbox.mode()).isEqualTo(ResizeMode.LETTERBOX_CROP);
        assertThat(letterbox.letterboxSize()).isEqualTo(448);
        assertThat(letterbox.convention()).isEqualTo(ImageConvention.REFERENCE);
        assertThat(letterbox.padColor()).isEqualTo(new Rgb(0, 0, 0));
    }

    private ResizeMode mode(String section) {
        return Preprocessing.read(json(section)).mode();
    }

    @Test
    void refusesABundlesMistakesByName() {
        refuses("{}", "size is missing");
        refuses("{'size': '336'}", "size is not a whole number");
        refuses("{'size': 336, 'letterbox': 100}", "letterbox size 100");
        refuses("{'size': 336, 'convention': 'upside_down'}", "upside_down");
        refuses("{'size': 336, 'pad_color': [1, 2]}", "pad_color");
        refuses("{'size': 336, 'mean': [1, 2]}", "mean and std need 3 channels");
    }

    private void refuses(String section, String problem) {
        assertThatThrownBy(() -> Preprocessing.read(json(section)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("image.json")
                .hasMessageContaining(problem);
    }

    @Test
    void readsTheProcessorsOfClipAndLlavaAndBlip() {
        Preprocessing clip = Preprocessing.readProcessor(json(CLIP_PROCESSOR));
        assertThat(clip.size()).isEqualTo(336);
        assertThat(clip.mode()).isEqualTo(ResizeMode.CENTER_CROP);
        assertThat(clip.std()).containsExactly(0.26862954f, 0.26130258f, 0.27577711f);

        assertThat(Preprocessing.readProcessor(json("{'size': 224, 'crop_size': 224, 'do_center_crop': true}"))
                        .mode())
                .isEqualTo(ResizeMode.CENTER_CROP);
        assertThat(Preprocessing.readProcessor(json(CLIP_PROCESSOR.replace("\"do_convert_rgb\"", "\"do_pad\"")))
                        .mode())
                .isEqualTo(ResizeMode.EXPAND_TO_SQUARE);
        assertThat(Preprocessing.readProcessor(json("{'size': {'height': 224, 'width': 224}}"))
                        .mode())
                .isEqualTo(ResizeMode.PLAIN);
    }

    @Test
    void refusesAProcessorThatDoesMoreThanIsKnown() {
        refusesProcessor("{'size': 336, 'resample': 0}", "resample");
        refusesProcessor("{'size': 336, 'rescale_factor': 1.0}", "rescale_factor");
        refusesProcessor("{'size': 336, 'do_normalize': false}", "do_normalize");
        refusesProcessor("{'size': 384, 'crop_size': 336, 'do_center_crop': true}", "crop_size");
        refusesProcessor("{'size': {'height': 336, 'width': 224}}", "not a square");
    }

    private void refusesProcessor(String processor, String problem) {
        assertThatThrownBy(() -> Preprocessing.readProcessor(json(processor)))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(problem);
    }

    private JsonConfig json(String text) {
        try {
            return JsonConfig.read(Files.writeString(directory.resolve("image.json"), text.replace('\'', '"')));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
