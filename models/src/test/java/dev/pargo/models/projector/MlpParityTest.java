package dev.pargo.models.projector;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pargo.models.config.JsonConfig;
import dev.pargo.models.fixture.FixtureCase;
import dev.pargo.models.network.StoredNetwork;
import dev.pargo.models.tensor.HostTensor;
import dev.pargo.models.torch.Placement;
import dev.pargo.models.weights.Checkpoint;
import dev.pargo.models.weights.FusionCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

class MlpParityTest {

    private static final double NORM_EPS = 1e-5;

    @TempDir
    private Path temporary;

    @TestFactory
    Stream<DynamicTest> visualTokensOfTheAlternativesEqualTheReferences() {
        return FixtureCase.discover("linear", "mlp").stream()
                .flatMap(fixture -> fixture.description()
                        .get("weights")
                        .propertyStream()
                        .map(weights -> DynamicTest.dynamicTest(fixture.name() + " " + weights.getKey(), () -> {
                            // The fixture's features are normalised already.
                            Checkpoint checkpoint = FusionCheckpoint.open(fixture.file("/weights/" + weights.getKey()))
                                    .filter(name -> !name.startsWith(ProjectorConfig.FEATURE_NORM));
                            HostTensor features = fixture.golden("image_embeds");
                            check(
                                    fixture,
                                    alternative(fixture, features, null, checkpoint),
                                    batch(features),
                                    fixture.golden("output"));
                        })));
    }

    @TestFactory
    Stream<DynamicTest> theNormOfTheCheckpointIsAppliedToTheTowersOutput() {
        List<FixtureCase> towers = FixtureCase.discover("eva");
        return FixtureCase.discover("linear", "mlp").stream()
                .flatMap(fixture -> towers.stream()
                        .filter(tower -> tower.golden("image_embeds")
                                .data()
                                .equals(fixture.golden("image_embeds").data()))
                        .map(tower -> DynamicTest.dynamicTest(fixture.name() + " on " + tower.name(), () -> {
                            Checkpoint checkpoint = FusionCheckpoint.open(fixture.file("/weights/fusion"));
                            check(
                                    fixture,
                                    alternative(fixture, fixture.golden("image_embeds"), NORM_EPS, checkpoint),
                                    batch(tower.golden("features")).stream()
                                            .map(MlpParityTest::withoutCls)
                                            .toList(),
                                    fixture.golden("output"));
                        })));
    }

    private StoredNetwork<MlpConfig> alternative(
            FixtureCase fixture, HostTensor features, @Nullable Double normEps, Checkpoint checkpoint)
            throws IOException {
        Path file = Files.writeString(
                temporary.resolve("projector.json"),
                "{\"visual_tokens_adjacent\": %d, \"encoder_width\": %d}"
                        .formatted(
                                fixture.config().get("visual_tokens_adjacent").asInt(),
                                fixture.config().get("vision_width").asInt()));
        JsonConfig section = JsonConfig.read(file);
        int patches = (int) features.shape()[1];
        MlpConfig config = fixture.name().startsWith("mlp")
                ? MlpConfig.mlp(section, patches, normEps, LayerWidths.stored(checkpoint))
                : MlpConfig.linear(section, patches, normEps, LayerWidths.stored(checkpoint));
        return new StoredNetwork<>(config, checkpoint);
    }

    private static HostTensor withoutCls(HostTensor features) {
        long[] shape = features.shape();
        int row = (int) shape[1] * Float.BYTES;
        return new HostTensor(
                features.dtype(),
                new long[] {shape[0] - 1, shape[1]},
                features.data()
                        .slice(features.data().position() + row, features.data().remaining() - row));
    }

    @TestFactory
    Stream<DynamicTest> visualTokensOfLlavaEqualTransformers() {
        return FixtureCase.discover("clip_llava").stream()
                .map(fixture -> DynamicTest.dynamicTest(fixture.name(), () -> {
                    HostTensor features = fixture.golden("features");
                    MlpConfig config = MlpConfig.llava(
                            (int) features.shape()[1],
                            (int) features.shape()[2],
                            fixture.config().get("llm_hidden").asInt());
                    check(
                            fixture,
                            new StoredNetwork<>(config, Checkpoint.open(fixture.file("/weights/projector"))),
                            batch(features),
                            fixture.golden("projected"));
                }));
    }

    private static void check(
            FixtureCase fixture, StoredNetwork<MlpConfig> stored, List<HostTensor> features, HostTensor want) {
        assertThat(stored.config().outputTokens()).isEqualTo((int) want.shape()[1]);
        assertThat(stored.config().outputWidth()).isEqualTo((int) want.shape()[2]);
        try (Projector projector = Projector.load(stored, Placement.REFERENCE)) {
            fixture.tolerance().check(projector.project(features), want);
            for (int i = 0; i < features.size(); i++) {
                fixture.tolerance().check(projector.project(List.of(features.get(i))), want.get(i));
            }
        }
    }

    private static List<HostTensor> batch(HostTensor features) {
        return IntStream.range(0, (int) features.shape()[0])
                .mapToObj(features::get)
                .toList();
    }
}
