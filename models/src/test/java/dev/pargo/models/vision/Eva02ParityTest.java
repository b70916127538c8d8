package dev.pargo.models.vision;

import dev.pargo.models.fixture.FixtureCase;
import dev.pargo.models.fixture.Tolerance;
import dev.pargo.models.network.StoredNetwork;
import dev.pargo.models.tensor.DType;
import dev.pargo.models.tensor.HostTensor;
import dev.pargo.models.torch.Placement;
import dev.pargo.models.weights.Checkpoint;
import dev.pargo.models.weights.FusionCheckpoint;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;

class Eva02ParityTest {

    @TestFactory
    Stream<DynamicTest> featuresEqualTheReferences() {
        return FixtureCase.discover("eva").stream()
                .map(fixture -> DynamicTest.dynamicTest(fixture.name(), () -> check(fixture)));
    }

    private static void check(FixtureCase fixture) {
        HostTensor pixels = Tolerance.float32(fixture.golden("pixel_values"));
        HostTensor want = withoutCls(fixture.golden("features"));
        Checkpoint checkpoint =
                FusionCheckpoint.open(fixture.file("/weights/vision")).stripPrefix("visual.");
        try (VisionEncoder encoder =
                VisionEncoder.load(new StoredNetwork<>(config(fixture, checkpoint), checkpoint), Placement.REFERENCE)) {
            int batch = (int) pixels.shape()[0];
            HostTensor together = encoder.encode(
                    IntStream.range(0, batch).mapToObj(pixels::get).toList());
            fixture.tolerance("features").check(together, want);
            for (int i = 0; i < batch; i++) {
                fixture.tolerance("features").check(encoder.encode(List.of(pixels.get(i))), want.get(i));
            }
        }
    }

    private static Eva02Config config(FixtureCase fixture, Checkpoint checkpoint) {
        JsonNode config = fixture.config();
        int imageSize = config.get("img_size").asInt();
        int patchSize = config.get("patch_size").asInt();
        return new Eva02Config(
                imageSize,
                patchSize,
                config.get("width").asInt(),
                config.get("layers").asInt(),
                config.get("num_heads").asInt(),
                config.get("mlp_hidden").asInt(),
                config.get("pt_hw_seq_len").asInt(),
                config.get("norm_eps").asDouble(),
                Tower.tableGrid(checkpoint, "pos_embed", imageSize / patchSize));
    }

    private static HostTensor withoutCls(HostTensor features) {
        long[] shape = features.shape();
        HostTensor patches = HostTensor.allocate(DType.FLOAT32, shape[0], shape[1] - 1, shape[2]);
        int row = (int) shape[2] * Float.BYTES;
        ByteBuffer to = patches.data().duplicate().order(ByteOrder.LITTLE_ENDIAN);
        for (int image = 0; image < shape[0]; image++) {
            ByteBuffer all = features.get(image).data();
            to.put(all.slice(all.position() + row, all.remaining() - row));
        }
        return patches;
    }
}
