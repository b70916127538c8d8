package dev.pargo.models.vision;

import dev.pargo.models.config.JsonConfig;
import dev.pargo.models.fixture.FixtureCase;
import dev.pargo.models.fixture.GaussianWeights;
import dev.pargo.models.fixture.Tolerance;
import dev.pargo.models.network.StoredNetwork;
import dev.pargo.models.tensor.DType;
import dev.pargo.models.tensor.HostTensor;
import dev.pargo.models.torch.Placement;
import dev.pargo.models.weights.Checkpoint;
import dev.pargo.models.weights.FusionCheckpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** A tower for another image size equals the same tower with a table that was resampled by hand. */
class PositionTableTest {

    private static final Tolerance TOLERANCE = new Tolerance(1e-5, 1e-5);

    @TempDir
    private Path directory;

    @TestFactory
    Stream<DynamicTest> eva02() {
        return FixtureCase.discover("eva").stream()
                .flatMap(fixture -> otherGrids(fixture, (patch, size) -> {
                    String table = "pos_embed";
                    Checkpoint checkpoint = FusionCheckpoint.open(fixture.file("/weights/vision"))
                            .stripPrefix("visual.")
                            .filter(name -> !name.contains("rope."));
                    JsonConfig section = JsonConfig.read(fixture.directory().resolve("case.json"))
                            .section("config");
                    check(
                            Eva02Config.read(section, size, patch, checkpoint),
                            Eva02Config.read(section, size, patch, checkpoint.filter(name -> !name.equals(table))),
                            checkpoint,
                            table);
                }));
    }

    @TestFactory
    Stream<DynamicTest> clip() {
        return FixtureCase.discover("clip").stream()
                .flatMap(fixture -> otherGrids(fixture, (patch, size) -> {
                    Checkpoint checkpoint = Checkpoint.open(fixture.directory());
                    ClipConfig config = ClipConfig.read(
                                    JsonConfig.read(fixture.directory().resolve("config.json")), -2, checkpoint)
                            .withImageSize(size);
                    ClipConfig resampled = new ClipConfig(
                            size,
                            patch,
                            config.hidden(),
                            config.layers(),
                            config.heads(),
                            config.mlpHidden(),
                            config.activation() == Activation.QUICK_GELU,
                            config.eps(),
                            size / patch);
                    check(config, resampled, checkpoint, "vision_model.embeddings.position_embedding.weight");
                }));
    }

    private interface SizeCheck {
        void check(int patch, int imageSize) throws IOException;
    }

    /** A larger and a smaller image than the fixture's. */
    private static Stream<DynamicTest> otherGrids(FixtureCase fixture, SizeCheck check) {
        int patch = fixture.config().get("patch_size").asInt();
        int side = fixture.config()
                .path("img_size")
                .asInt(fixture.config().path("image_size").asInt());
        return Stream.of(side + 2 * patch, side - patch)
                .map(size -> DynamicTest.dynamicTest(fixture.name() + " at " + size, () -> check.check(patch, size)));
    }

    private <C extends SquareTower> void check(C config, C resampled, Checkpoint checkpoint, String table)
            throws IOException {
        float[] stored = Tolerance.floats(checkpoint.read(table));
        double[][] rows = PlainVit.resample(stored, config.tableGrid(), config.grid(), config.width());
        float[] flat = new float[rows.length * config.width()];
        for (int i = 0; i < flat.length; i++) {
            flat[i] = (float) rows[i / config.width()][i % config.width()];
        }
        long[] shape = checkpoint.get(table).shape().clone();
        shape[shape.length - 2] = rows.length;
        Checkpoint byHand = checkpoint
                .filter(name -> !name.equals(table))
                .union(new GaussianWeights(0)
                        .put(table, shape, flat)
                        .checkpoint(directory.resolve("table.safetensors")));
        HostTensor image = HostTensor.allocate(DType.FLOAT32, 3, config.imageSize(), config.imageSize());
        Random random = new Random(3);
        for (int i = 0; i < image.elements(); i++) {
            image.data().putFloat(i * Float.BYTES, (float) random.nextGaussian());
        }
        TOLERANCE.check(encode(config, checkpoint, image), encode(resampled, byHand, image));
    }

    private static HostTensor encode(VisionConfig config, Checkpoint checkpoint, HostTensor image) {
        try (VisionEncoder encoder = VisionEncoder.load(new StoredNetwork<>(config, checkpoint), Placement.REFERENCE)) {
            return encoder.encode(List.of(image));
        }
    }
}
