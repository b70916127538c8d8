package dev.pargo.models.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.pargo.models.image.file.ImageDecoder;
import dev.pargo.models.image.file.ImageLimits;
import dev.pargo.models.tensor.DType;
import dev.pargo.models.tensor.HostTensor;
import dev.pargo.models.weights.Checkpoint;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ImagePreprocessorTest {

    private static final Path BUNDLE = Path.of("../bundle/pargo-mini");
    private static final Rgb PAD = new Rgb(122, 116, 104);
    private static final float[] MEAN = {0.48145466f, 0.4578275f, 0.40821073f};
    private static final float[] STD = {0.26862954f, 0.26130258f, 0.27577711f};

    /** The exporting program multiplied by 1/255, but this project divides by 255: a difference of a few 1e-7. */
    private static final float PARGO_MINI_TOLERANCE = 1e-6f;

    @ParameterizedTest
    @CsvSource({"image1, scene01.png", "image2, scene02.png"})
    void preprocessesPargoMinisExamples(String prefix, String example) throws IOException {
        JsonNode image = JsonMapper.shared()
                .readTree(Files.readString(BUNDLE.resolve("pargo-mini.json")))
                .get("image");
        JsonNode color = image.get("pad_color");
        Preprocessing preprocessing = new Preprocessing(
                image.get("size").asInt(),
                image.get("pad_to_square").asBoolean() ? ResizeMode.EXPAND_TO_SQUARE : ResizeMode.PLAIN,
                Preprocessing.DEFAULT_LETTERBOX_SIZE,
                new Rgb(color.get(0).asInt(), color.get(1).asInt(), color.get(2).asInt()),
                PreprocessFixtureTest.floats(image.get("mean")),
                PreprocessFixtureTest.floats(image.get("std")),
                ImageConvention.NATURAL);
        RgbImage decoded = new ImageDecoder(new ImageLimits(1 << 24, 1 << 24), preprocessing.convention())
                .decode(Files.readAllBytes(BUNDLE.resolve("examples").resolve(example)));

        HostTensor tensor = new ImagePreprocessor(preprocessing).preprocess(decoded);

        FloatBuffer values = tensor.data().asFloatBuffer();
        FloatBuffer expected = Checkpoint.open(BUNDLE.resolve("golden.safetensors"))
                .read(prefix + ".pixel_values")
                .data()
                .asFloatBuffer();
        assertThat(values.remaining()).isEqualTo(expected.remaining());
        float worst = 0;
        while (values.hasRemaining()) {
            worst = Math.max(worst, Math.abs(values.get() - expected.get()));
        }
        assertThat(worst).isLessThanOrEqualTo(PARGO_MINI_TOLERANCE);
    }

    @Test
    void yieldsChannelsFirst() {
        byte[] red = new byte[3 * 10 * 10];
        for (int i = 0; i < red.length; i += 3) {
            red[i] = (byte) 255;
        }

        HostTensor tensor = preprocessor(8, ResizeMode.PLAIN).preprocess(new RgbImage(10, 10, red));

        assertThat(tensor.dtype()).isEqualTo(DType.FLOAT32);
        assertThat(tensor.shape()).containsExactly(3, 8, 8);
        assertThat(tensor.get(0).data().asFloatBuffer().get(5)).isEqualTo((1 - MEAN[0]) / STD[0]);
        assertThat(tensor.get(1).data().asFloatBuffer().get(5)).isEqualTo((0 - MEAN[1]) / STD[1]);
    }

    @Test
    void cropsTheLetterboxToItsTopLeftCorner() {
        RgbImage image = TestPictures.random(100, 60, 3);

        RgbImage cropped = preprocessor(336, ResizeMode.LETTERBOX_CROP).fit(image);

        RgbImage box = Letterbox.fit(image, 448, 448, PAD);
        for (int y = 0; y < 336; y++) {
            byte[] row = Arrays.copyOfRange(cropped.rgb(), 3 * y * 336, 3 * (y + 1) * 336);
            assertThat(row).isEqualTo(Arrays.copyOfRange(box.rgb(), 3 * y * 448, 3 * (y * 448 + 336)));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = ResizeMode.class,
            names = {"PLAIN", "EXPAND_TO_SQUARE"})
    void acceptsTheThinnestImageWithLittleMemory(ResizeMode mode) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int[] size : new int[][] {{1, 65_535}, {65_535, 1}}) {
            RgbImage strip = TestPictures.random(size[0], size[1], 1);
            long allocated = threads.getCurrentThreadAllocatedBytes();

            RgbImage fitted = preprocessor(336, mode).fit(strip);

            assertThat(fitted.width()).isEqualTo(336);
            assertThat(threads.getCurrentThreadAllocatedBytes() - allocated).isLessThan(80 << 20);
        }
    }

    @Test
    void refusesTheThinnestImageInALetterbox() {
        assertThatThrownBy(() -> preprocessor(336, ResizeMode.LETTERBOX_CROP).fit(TestPictures.random(1000, 1, 1)))
                .isInstanceOf(ImageException.class)
                .hasMessage("the image of 1000 x 1 pixels is too thin to be scaled into 448 x 448");
    }

    @Test
    void refusesALetterboxSmallerThanTheInput() {
        assertThatThrownBy(() ->
                        new Preprocessing(336, ResizeMode.LETTERBOX_CROP, 224, PAD, MEAN, STD, ImageConvention.NATURAL))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("letterbox size 224 is not in 336..4096");
    }

    private static ImagePreprocessor preprocessor(int size, ResizeMode mode) {
        return new ImagePreprocessor(new Preprocessing(
                size, mode, Preprocessing.DEFAULT_LETTERBOX_SIZE, PAD, MEAN, STD, ImageConvention.NATURAL));
    }
}
