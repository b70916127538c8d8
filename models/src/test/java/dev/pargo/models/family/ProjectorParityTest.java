package dev.pargo.models.family;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pargo.models.config.JsonConfig;
import dev.pargo.models.fixture.Tolerance;
import dev.pargo.models.network.StoredNetwork;
import dev.pargo.models.projector.LayerWidths;
import dev.pargo.models.projector.PatchProjector;
import dev.pargo.models.projector.Projector;
import dev.pargo.models.projector.ProjectorConfig;
import dev.pargo.models.tensor.HostTensor;
import dev.pargo.models.torch.Placement;
import dev.pargo.models.weights.Checkpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Projectors of other families, alone, against their authors' code. */
class ProjectorParityTest {

    private static final Map<String, String> TYPES = Map.of("c-abs", "C-Abstractor", "ldpnetv2", "LDPv2");

    @TestFactory
    Stream<DynamicTest> visualTokensEqualTheAuthors() throws IOException {
        try (Stream<Path> folders = Files.list(FamilyCase.root())) {
            return folders.filter(folder -> Files.exists(folder.resolve("projector.pt"))).sorted().toList().stream()
                    .map(folder -> DynamicTest.dynamicTest(folder.getFileName().toString(), () -> check(folder)));
        }
    }

    private static void check(Path folder) throws IOException {
        JsonNode published = new JsonMapper()
                .readTree(Files.readAllBytes(folder.resolve("case.json")))
                .get("config");
        Checkpoint goldens = Checkpoint.open(folder.resolve("golden.safetensors"));
        HostTensor features = goldens.read("features");
        HostTensor want = goldens.read("visual_tokens");
        Checkpoint checkpoint = Checkpoint.open(folder.resolve("projector.pt"));
        PatchProjector config = ProjectorConfig.read(
                        JsonConfig.of(folder, manifest(published)),
                        (int) features.shape()[1],
                        1e-5,
                        LayerWidths.stored(checkpoint))
                .fixed();
        assertThat(config.outputTokens()).isEqualTo((int) want.shape()[1]);
        try (Projector projector = Projector.load(new StoredNetwork<>(config, checkpoint), Placement.REFERENCE)) {
            HostTensor got = projector.project(List.of(features.get(0), features.get(1)));
            new Tolerance(1e-4, 1e-4).check(got, want);
        }
    }

    /** The projector's section of a manifest. */
    private static ObjectNode manifest(JsonNode published) {
        ObjectNode section = ((ObjectNode) published).deepCopy();
        String type = published
                .path("projector_type")
                .asString(published.path("mm_projector_type").asString());
        section.put("type", TYPES.get(type));
        section.put(
                "encoder_width",
                published
                        .path("encoder_hidden_size")
                        .asInt(published.path("mm_hidden_size").asInt()));
        if (published.has("num_query_tokens")) {
            section.set("num_query_token", published.get("num_query_tokens"));
        }
        return section;
    }
}
