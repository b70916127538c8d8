package dev.pargo.models.synthesis;

import dev.pargo.models.bundle.ModelBundle;
import dev.pargo.models.config.JsonConfig;
import dev.pargo.models.projector.PatchProjector;
import dev.pargo.models.projector.ProjectorConfig;
import dev.pargo.models.tensor.DType;
import dev.pargo.models.vision.SquareTower;
import dev.pargo.models.weights.Checkpoint;
import dev.pargo.models.weights.CheckpointException;
import dev.pargo.models.weights.TorchFileWriter;
import dev.pargo.models.weights.WrittenTensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/**
 * A bundle that shares encoder and LLM with another one and has a projector of its own, with random weights. So the two
 * differ in nothing but their projectors.
 */
public final class ProjectorVariant {

    /** The types of projectors, as manifests name them. */
    public static final List<String> TYPES = List.of("ParGo", "Q-Former", "linear", "mlp");

    private static final Set<String> WITH_QUERIES = Set.of("ParGo", "Q-Former");
    private static final String MANIFEST = "bundle.json";
    private static final String FILE = "projector.pt";
    private static final String QUERIES = "num_query_token";
    private static final String PARTIAL = "num_local_query_token";
    private static final String POSITIONS = "max_position_embeddings";
    private static final double NORM_EPS = 1e-5;

    /** As released: global tokens, patches for each partial token, and patches that linear and MLP join. */
    private static final int GLOBAL = 16;

    private static final int PATCHES_PER_PARTIAL = 2;
    private static final int ADJACENT = 4;

    /** Those of bert-small, which the release has. */
    private static final Map<String, Integer> SIZES = Map.of(
            "hidden_size",
            512,
            "num_hidden_layers",
            4,
            "num_attention_heads",
            8,
            "intermediate_size",
            2048,
            "cross_attention_freq",
            1,
            POSITIONS,
            512);

    private final ModelBundle base;
    private final String type;
    private final Path directory;

    private ProjectorVariant(ModelBundle base, String type, Path directory) {
        this.base = base;
        this.type = type;
        this.directory = directory;
    }

    /**
     * Writes the manifest and the projector's weights.
     *
     * @param base         the bundle whose encoder and LLM it names
     * @param type         one of {@link #TYPES}
     * @param visualTokens empty: as many as the other bundle has where both have queries, or else as the release has
     * @param directory    is made; if it exists it must be empty
     * @param seed         the same gives the same values
     * @return the projector's dimensions
     * @throws dev.pargo.models.config.ConfigException if there is no such projector for so many visual tokens
     * @throws CheckpointException if the directory is not empty, or a file cannot be written
     */
    public static PatchProjector write(
            ModelBundle base, String type, OptionalInt visualTokens, Path directory, long seed) {
        ProjectorVariant variant = new ProjectorVariant(base, type, directory);
        ObjectNode manifest = variant.manifest(visualTokens);
        PatchProjector projector = variant.plan(manifest, visualTokens);
        try {
            NewDirectory.make(directory);
            Files.writeString(directory.resolve(MANIFEST), manifest.toPrettyString() + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException("%s cannot be written".formatted(directory), e);
        }
        List<WrittenTensor> tensors = projector.parameters().stream()
                .map(parameter -> new WrittenTensor(parameter.name(), DType.FLOAT16, parameter.shape()))
                .toList();
        TorchFileWriter.write(directory.resolve(FILE), tensors, new RandomWeights(seed));
        return projector;
    }

    private ObjectNode manifest(OptionalInt visualTokens) {
        ObjectNode manifest = base.manifestIn(directory);
        manifest.put(
                "name", directory.toAbsolutePath().normalize().getFileName().toString());
        ObjectNode other = (ObjectNode) manifest.get("projector");
        SquareTower vision = base.vision().config().square();
        ObjectNode section = manifest.putObject("projector")
                .put("type", type)
                .put("file", FILE)
                .put(ModelBundle.RANDOM_WEIGHTS, true)
                .put("encoder_width", vision.width());
        if (WITH_QUERIES.contains(type)) {
            addQueries(section, other, vision.tokens(), visualTokens);
        } else {
            int adjacent = visualTokens.isPresent() ? vision.tokens() / visualTokens.getAsInt() : ADJACENT;
            section.put("visual_tokens_adjacent", Math.max(1, adjacent));
        }
        manifest.putObject("ln_vision").put("eps", NORM_EPS);
        return manifest;
    }

    /** The sizes are the other projector's if it has queries too, or else the release's. */
    private void addQueries(ObjectNode section, ObjectNode other, int patches, OptionalInt visualTokens) {
        if (other.has(QUERIES)) {
            SIZES.keySet().stream().filter(other::has).forEach(size -> section.set(size, other.get(size)));
        } else {
            SIZES.forEach(section::put);
        }
        int queries = visualTokens.orElse(other.path(QUERIES).asInt(patches / PATCHES_PER_PARTIAL + GLOBAL));
        section.put(QUERIES, queries);
        section.put(POSITIONS, Math.max(queries, section.path(POSITIONS).asInt(SIZES.get(POSITIONS))));
        if (type.equals("ParGo")) {
            int global = other.has(PARTIAL)
                    ? other.get(QUERIES).asInt() - other.get(PARTIAL).asInt()
                    : GLOBAL;
            section.put(PARTIAL, Math.max(0, queries - global));
            if (other.has("cascade")) {
                section.set("cascade", other.get("cascade"));
            }
        }
    }

    private PatchProjector plan(ObjectNode manifest, OptionalInt visualTokens) {
        JsonConfig config = JsonConfig.of(directory.resolve(MANIFEST), manifest);
        int patches = base.vision().config().square().tokens();
        PatchProjector projector = ProjectorConfig.read(
                        config.section("projector"), patches, NORM_EPS, Checkpoint.empty())
                .withLlmWidth(base.llm().config().width());
        if (visualTokens.isPresent() && visualTokens.getAsInt() != projector.outputTokens()) {
            throw config.problem(
                    "%d patches cannot be joined to %d visual tokens".formatted(patches, visualTokens.getAsInt()));
        }
        return projector;
    }
}
