package dev.pargo.models.vision;

import dev.pargo.models.config.JsonConfig;
import dev.pargo.models.fixture.FixtureCase;
import dev.pargo.models.fixture.Tolerance;
import dev.pargo.models.network.StoredNetwork;
import dev.pargo.models.tensor.HostTensor;
import dev.pargo.models.torch.Placement;
import dev.pargo.models.weights.Checkpoint;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class ClipParityTest {

    @TestFactory
    Stream<DynamicTest> featuresEqualTransformers() {
        return FixtureCase.discover("clip").stream()
                .map(fixture -> DynamicTest.dynamicTest(fixture.name(), () -> check(fixture)));
    }

    private static void check(FixtureCase fixture) {
        HostTensor pixels = Tolerance.float32(fixture.golden("pixel_values"));
        HostTensor want = fixture.golden("features");
        Checkpoint checkpoint = Checkpoint.open(fixture.directory());
        ClipConfig config = ClipConfig.read(
                JsonConfig.read(fixture.directory().resolve("config.json")),
                fixture.config().get("vision_feature_layer").asInt(),
                checkpoint);
        try (VisionEncoder encoder = VisionEncoder.load(new StoredNetwork<>(config, checkpoint), Placement.REFERENCE)) {
            int batch = (int) pixels.shape()[0];
            HostTensor together = encoder.encode(
                    IntStream.range(0, batch).mapToObj(pixels::get).toList());
            fixture.tolerance("features").check(together, want);
            for (int i = 0; i < batch; i++) {
                fixture.tolerance("features").check(encoder.encode(List.of(pixels.get(i))), want.get(i));
            }
        }
    }
}
