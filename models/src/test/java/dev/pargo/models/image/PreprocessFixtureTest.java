package dev.pargo.models.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.pargo.models.image.file.ImageDecoder;
import dev.pargo.models.image.file.ImageLimits;
import dev.pargo.models.tensor.HostTensor;
import dev.pargo.models.weights.Checkpoint;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The reference's own dataset class (Pillow 9.4) against ours: every 8-bit stage byte by byte, JPEG decoding included;
 * normalised values within 1 unit in the last place.
 */
class PreprocessFixtureTest {

    private static final Path CASE = Path.of(System.getProperty("pargo.fixtures", "src/test/fixtures"), "preprocess");

    private static final Pattern MODE = Pattern.compile("(square_pad|plain|letterbox)_(\\d+)(?:x(\\d+))?");
    private static final Map<String, ResizeMode> MODES =
            Map.of("square_pad", ResizeMode.EXPAND_TO_SQUARE, "plain", ResizeMode.PLAIN);

    private static final ImageDecoder DECODER =
            new ImageDecoder(new ImageLimits(1 << 24, 1 << 24), ImageConvention.REFERENCE);

    private JsonNode spec;
    private Checkpoint golden;

    @BeforeEach
    void readCase() throws IOException {
        assumeTrue(Files.exists(CASE.resolve("case.json")), "no preprocess case");
        spec = JsonMapper.shared().readTree(Files.readString(CASE.resolve("case.json")));
        golden = Checkpoint.open(CASE.resolve("golden.safetensors"));
    }

    @TestFactory
    Stream<DynamicTest> decodesAsTheReference() {
        return images().map(file -> dynamicTest(file, () -> {
            RgbImage decoded = decode(file);
            JsonNode size = spec.get("images").get(file).get("size");
            assertThat(new int[] {decoded.width(), decoded.height()})
                    .containsExactly(size.get(0).asInt(), size.get(1).asInt());
            assertThat(decoded.rgb())
                    .isEqualTo(expected(stem(file) + ".decoded").rgb());
        }));
    }

    @TestFactory
    Stream<DynamicTest> fitsAsTheReference() {
        return images().flatMap(file -> stages(file)
                .map(stage -> dynamicTest(stem(file) + "." + stage, () -> {
                    RgbImage fitted = fit(decode(file), stage);
                    String name = stem(file) + "." + stage;
                    if (golden.tensors().containsKey(name + ".u8")) {
                        byte[] expected = new byte[fitted.rgb().length];
                        golden.read(name + ".u8").data().get(expected);
                        assertThat(fitted.rgb()).isEqualTo(expected);
                    } else {
                        assertThat(fitted.rgb()).isEqualTo(expected(name).rgb());
                    }
                })));
    }

    @TestFactory
    Stream<DynamicTest> normalisesAsTheReference() {
        String suffix = ".pixel_values";
        return golden.tensors().keySet().stream()
                .filter(name -> name.endsWith(suffix))
                .map(name -> dynamicTest(name, () -> {
                    String[] parts = name.split("\\.");
                    String file = images().filter(image -> stem(image).equals(parts[0]))
                            .findFirst()
                            .orElseThrow();
                    Matcher mode = mode(parts[1]);
                    ImagePreprocessor preprocessor = preprocessor(mode);
                    HostTensor values = preprocessor.preprocess(decode(file));
                    assertThat(ulps(values, golden.read(name))).isLessThanOrEqualTo(1);
                }));
    }

    @Test
    void refusesAnImageTooThinForTheLetterbox() {
        RgbImage thin = new RgbImage(1, 1000, new byte[3000]);
        assertThatThrownBy(() -> Letterbox.fit(thin, 448, 448, padColor()))
                .isInstanceOf(ImageException.class)
                .hasMessage("the image of 1 x 1000 pixels is too thin to be scaled into 448 x 448");
    }

    private Stream<String> images() {
        return new ArrayList<>(spec.get("images").propertyNames()).stream();
    }

    /** The stages of an image that have a golden result, in the tensors or as a picture. */
    private Stream<String> stages(String file) {
        String prefix = stem(file) + ".";
        List<String> names = new ArrayList<>(golden.tensors().keySet());
        try (Stream<Path> pictures = Files.list(CASE.resolve("expected"))) {
            pictures.map(path -> path.getFileName().toString()).forEach(names::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return names.stream()
                .filter(name -> name.startsWith(prefix))
                .map(name -> name.split("\\.")[1])
                .filter(stage -> MODE.matcher(stage).matches())
                .distinct();
    }

    private RgbImage fit(RgbImage image, String stage) {
        Matcher mode = mode(stage);
        if (mode.group(1).equals("letterbox")) {
            int width = Integer.parseInt(mode.group(2));
            int height = mode.group(3) == null ? width : Integer.parseInt(mode.group(3));
            return Letterbox.fit(image, width, height, padColor());
        }
        return preprocessor(mode).fit(image);
    }

    private ImagePreprocessor preprocessor(Matcher mode) {
        return new ImagePreprocessor(new Preprocessing(
                Integer.parseInt(mode.group(2)),
                MODES.get(mode.group(1)),
                Preprocessing.DEFAULT_LETTERBOX_SIZE,
                padColor(),
                floats(spec.get("mean")),
                floats(spec.get("std")),
                ImageConvention.REFERENCE));
    }

    private Rgb padColor() {
        JsonNode color = spec.get("pad_colour");
        return new Rgb(color.get(0).asInt(), color.get(1).asInt(), color.get(2).asInt());
    }

    private static Matcher mode(String stage) {
        Matcher matcher = MODE.matcher(stage);
        assertThat(matcher.matches()).as(stage).isTrue();
        return matcher;
    }

    private static String stem(String file) {
        return file.substring(0, file.lastIndexOf('.'));
    }

    private static RgbImage decode(String file) throws IOException {
        return DECODER.decode(Files.readAllBytes(CASE.resolve("images").resolve(file)));
    }

    private static RgbImage expected(String name) throws IOException {
        BufferedImage picture =
                ImageIO.read(CASE.resolve("expected").resolve(name + ".png").toFile());
        return TestPictures.rgb(picture);
    }

    static float[] floats(JsonNode values) {
        float[] floats = new float[values.size()];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = values.get(i).floatValue();
        }
        return floats;
    }

    /** The largest distance of two tensors' values, in units in the last place. */
    private static int ulps(HostTensor a, HostTensor b) {
        int worst = 0;
        for (int i = 0; i < a.elements(); i++) {
            int bits = a.data().getInt(a.data().position() + Float.BYTES * i);
            worst = Math.max(worst, Math.abs(bits - b.data().getInt(b.data().position() + Float.BYTES * i)));
        }
        return worst;
    }
}
