package dev.pargo.models.synthesis;

import dev.pargo.models.bundle.ModelBundle;
import dev.pargo.models.config.JsonConfig;
import dev.pargo.models.picture.Grid;
import dev.pargo.models.picture.PictureLayout;
import dev.pargo.models.projector.LayerWidths;
import dev.pargo.models.projector.ProjectorConfig;
import dev.pargo.models.tensor.DType;
import dev.pargo.models.vision.SquareTower;
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
import java.util.stream.IntStream;
import tools.jackson.databind.node.ObjectNode;

/**
 * A bundle with the encoder and LLM of another bundle and a new projector with random weights. The two bundles differ
 * only in their projectors.
 */
public final class ProjectorVariant {

    private static final Set<String> WITH_QUERIES = Set.of("ParGo", "Q-Former");

    /** Types that join consecutive patches. The remaining types return a square of visual tokens. */
    private static final Set<String> IN_LINE = Set.of("linear", "mlp");

    private static final String MANIFEST = "bundle.json";
    private static final String FILE = "projector.pt";
    private static final String QUERIES = "num_query_token";
    private static final String PARTIAL = "num_local_query_token";
    private static final String HIDDEN = "hidden_size";
    private static final String POSITIONS = "max_position_embeddings";
    private static final double NORM_EPS = 1e-5;

    /** As released: global tokens, patches for each partial token, and patches that linear and MLP join. */
    private static final int GLOBAL = 16;

    private static final int PATCHES_PER_PARTIAL = 2;
    private static final int ADJACENT = 4;

    /** The dimensions of bert-small, as in the release. */
    private static final Map<String, Integer> SIZES = Map.of(
            HIDDEN,
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
     * @param base         the bundle whose encoder and LLM are used
     * @param type         one of {@link ProjectorConfig#TYPES}
     * @param visualTokens if empty: the number of the other bundle if both projectors have queries; otherwise that of
     *     the release, or a quarter of the patches
     * @param directory    is created; if it exists, it must be empty
     * @param seed         the same seed gives the same values
     * @return the projector's dimensions
     * @throws dev.pargo.models.config.ConfigException if there is no such projector for so many visual tokens
     * @throws CheckpointException if the directory is not empty, or a file cannot be written
     */
    public static ProjectorConfig write(
            ModelBundle base, String type, OptionalInt visualTokens, Path directory, long seed) {
        ProjectorVariant variant = new ProjectorVariant(base, type, directory);
        ObjectNode manifest = variant.manifest(visualTokens);
        ProjectorConfig projector = variant.plan(manifest, visualTokens);
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

    /** The number of visual tokens that a projector returns for a picture. */
    public static int visualTokens(ProjectorConfig projector, SquareTower vision) {
        PictureLayout pixels = PictureLayout.whole(1, 1, new Grid(vision.imageSize(), vision.imageSize()));
        return projector.layout(vision.layout(pixels)).cells();
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
        } else if (IN_LINE.contains(type)) {
            int adjacent = visualTokens.isPresent() ? vision.tokens() / visualTokens.getAsInt() : ADJACENT;
            section.put("visual_tokens_adjacent", Math.max(1, adjacent));
        } else {
            visualTokens.ifPresent(count -> section.put(QUERIES, count));
            if (other.has(HIDDEN)) {
                section.set(HIDDEN, other.get(HIDDEN));
            }
        }
        manifest.putObject("ln_vision").put("eps", NORM_EPS);
        return manifest;
    }

    /** The sizes are those of the other projector if it has queries too; otherwise those of the release. */
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
            section.put(PARTIAL, partial(patches, queries - global));
            if (other.has("cascade")) {
                section.set("cascade", other.get("cascade"));
            }
        }
    }

    /** The largest number of partial tokens that the patches can be divided among. */
    private static int partial(int patches, int most) {
        return IntStream.rangeClosed(1, Math.min(patches, most))
                .filter(count -> patches % count == 0)
                .max()
                .orElse(0);
    }

    private ProjectorConfig plan(ObjectNode manifest, OptionalInt visualTokens) {
        JsonConfig config = JsonConfig.of(directory.resolve(MANIFEST), manifest);
        int patches = base.vision().config().square().tokens();
        ProjectorConfig projector = ProjectorConfig.read(
                config.section("projector"),
                patches,
                NORM_EPS,
                LayerWidths.planned(base.llm().config().width()));
        if (visualTokens.isPresent()
                && visualTokens.getAsInt()
                        != visualTokens(projector, base.vision().config().square())) {
            throw config.problem(
                    "%d patches cannot be joined to %d visual tokens".formatted(patches, visualTokens.getAsInt()));
        }
        return projector;
    }
}
