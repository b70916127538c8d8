package dev.pargo.models.projector;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pargo.models.fixture.FixtureCase;
import dev.pargo.models.network.StoredNetwork;
import dev.pargo.models.tensor.HostTensor;
import dev.pargo.models.torch.Placement;
import dev.pargo.models.weights.Checkpoint;
import dev.pargo.models.weights.FusionCheckpoint;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class ParGoParityTest {

    @TestFactory
    Stream<DynamicTest> visualTokensEqualTheReferences() {
        return FixtureCase.discover("pargo", "qformer").stream()
                .map(fixture -> DynamicTest.dynamicTest(fixture.name(), () -> check(fixture)));
    }

    private static void check(FixtureCase fixture) {
        HostTensor features = fixture.golden("image_embeds");
        HostTensor want = fixture.golden("llm_proj");
        // The fixture's features are normalised already.
        Checkpoint checkpoint =
                FusionCheckpoint.open(fixture.file("/weights/fusion")).filter(name -> !name.startsWith("ln_vision"));
        try (Projector projector =
                Projector.load(new StoredNetwork<>(ParGoFixture.config(fixture), checkpoint), Placement.REFERENCE)) {
            int batch = (int) features.shape()[0];
            fixture.tolerance()
                    .check(
                            projector.project(IntStream.range(0, batch)
                                    .mapToObj(features::get)
                                    .toList()),
                            want);
            for (int i = 0; i < batch; i++) {
                fixture.tolerance().check(projector.project(List.of(features.get(i))), want.get(i));
            }
        }
    }

    @TestFactory
    Stream<DynamicTest> masksEqualTheReferences() {
        return FixtureCase.discover("pargo").stream()
                .filter(fixture -> fixture.goldens().tensors().containsKey("cross_mask"))
                .map(fixture -> DynamicTest.dynamicTest(fixture.name(), () -> {
                    ParGoConfig config = ParGoFixture.config(fixture);
                    PartialGlobalMasks masks =
                            new PartialGlobalMasks(config.partial(), config.queries() - config.partial());
                    assertThat(masks.crossAttention(config.patches())).isEqualTo(booleans(fixture, "cross_mask"));
                    if (fixture.goldens().tensors().containsKey("self_mask")) {
                        assertThat(masks.selfAttention(config.radii().get(0)))
                                .isEqualTo(booleans(fixture, "self_mask"));
                    }
                }));
    }

    private static boolean[] booleans(FixtureCase fixture, String name) {
        HostTensor mask = fixture.golden(name);
        boolean[] booleans = new boolean[(int) mask.elements()];
        for (int i = 0; i < booleans.length; i++) {
            booleans[i] = mask.data().get(mask.data().position() + i) != 0;
        }
        return booleans;
    }
}
