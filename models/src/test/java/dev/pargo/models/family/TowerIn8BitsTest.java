package dev.pargo.models.family;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pargo.models.bundle.ModelBundle;
import dev.pargo.models.fixture.Cosine;
import dev.pargo.models.fixture.Tolerance;
import dev.pargo.models.image.ImageCutter;
import dev.pargo.models.image.file.ImageDecoder;
import dev.pargo.models.image.file.ImageLimits;
import dev.pargo.models.picture.PicturePixels;
import dev.pargo.models.picture.PictureRows;
import dev.pargo.models.torch.Placement;
import dev.pargo.models.torch.Precision;
import dev.pargo.models.vision.VisionEncoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every family's vision tower in 8 bits beside float32. */
class TowerIn8BitsTest {

    private static final double LEAST_COSINE = 0.995;

    private static final Placement IN_8_BITS =
            new Placement(Placement.REFERENCE.device(), Precision.INT8, Placement.REFERENCE.packsWeights());

    @TestFactory
    Stream<DynamicTest> everyFeatureVectorKeepsItsDirection() {
        return Stream.concat(
                FamilyCase.models().stream()
                        .filter(folder -> !pictures(folder).isEmpty())
                        .map(folder ->
                                test(folder.getFileName().toString(), folder.resolve("model"), pictures(folder))),
                Stream.of(
                        test("pargo-mini", Path.of("../bundle/pargo-mini"), List.of(Path.of("../examples/very.png")))));
    }

    private static List<Path> pictures(Path folder) {
        return FamilyCase.of(folder).stream()
                .flatMap(fixture -> fixture.images().stream())
                .distinct()
                .limit(2)
                .toList();
    }

    private static DynamicTest test(String name, Path model, List<Path> pictures) {
        return DynamicTest.dynamicTest(name, () -> {
            ModelBundle bundle = ModelBundle.read(model);
            List<PicturePixels> pixels = pixels(bundle, pictures);
            List<float[]> exact = rows(bundle, Placement.REFERENCE, pixels);
            List<float[]> quantised = rows(bundle, IN_8_BITS, pixels);
            assertThat(quantised).hasSameSizeAs(exact);
            double least = 1;
            for (int i = 0; i < exact.size(); i++) {
                least = Math.min(least, Cosine.of(exact.get(i), quantised.get(i)));
            }
            assertThat(least).isGreaterThan(LEAST_COSINE);
        });
    }

    private static List<PicturePixels> pixels(ModelBundle bundle, List<Path> pictures) throws IOException {
        ImageCutter cutter = bundle.pictures();
        ImageDecoder decoder = new ImageDecoder(new ImageLimits(1 << 24, 1 << 24), cutter.convention());
        List<PicturePixels> pixels = new ArrayList<>();
        for (Path picture : pictures) {
            pixels.add(cutter.cut(decoder.decode(Files.readAllBytes(picture)), true));
        }
        return pixels;
    }

    private static List<float[]> rows(ModelBundle bundle, Placement placement, List<PicturePixels> pixels) {
        List<float[]> rows = new ArrayList<>();
        try (VisionEncoder encoder = VisionEncoder.load(bundle.vision(), placement)) {
            for (PictureRows features : encoder.encodePictures(pixels)) {
                int width = (int) features.rows().shape()[1];
                float[] all = Tolerance.floats(features.rows());
                for (int at = 0; at < all.length; at += width) {
                    rows.add(Arrays.copyOfRange(all, at, at + width));
                }
            }
        }
        return rows;
    }
}
