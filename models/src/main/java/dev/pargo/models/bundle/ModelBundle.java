package dev.pargo.models.bundle;

import dev.pargo.models.config.ConfigException;
import dev.pargo.models.config.JsonConfig;
import dev.pargo.models.image.ImageCutter;
import dev.pargo.models.image.Preprocessing;
import dev.pargo.models.image.WholeImage;
import dev.pargo.models.llm.DecoderConfig;
import dev.pargo.models.network.StoredNetwork;
import dev.pargo.models.projector.ProjectorConfig;
import dev.pargo.models.tokenizer.Tokenizer;
import dev.pargo.models.vision.VisionConfig;
import dev.pargo.models.weights.Fingerprint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/**
 * A model that was trained together: vision encoder, projector and LLM, with the preprocessing and the prompt that they
 * expect.
 *
 * <p>Every method reads only the files of its own part, and of weights only the headers: a host that runs one stage needs
 * that stage's files. All throw {@link ConfigException} if a file is missing or not valid, and {@link
 * dev.pargo.models.weights.CheckpointException} if a weight file cannot be read; whether the weights fit is found out by
 * {@link StoredNetwork#check}. Immutable.
 */
public sealed interface ModelBundle permits ManifestBundle, DirectoryBundle {

    /** Marks random weights: in a part's section of a manifest, or in a directory's config.json. */
    String RANDOM_WEIGHTS = "random_weights";

    /**
     * Opens a bundle.
     *
     * @param path a manifest; a directory with a {@code bundle.json} or a JSON file of the directory's name; or a directory
     *     with a whole model as Hugging Face publishes it
     */
    static ModelBundle read(Path path) {
        if (Files.isRegularFile(path)) {
            return new ManifestBundle(JsonConfig.read(path));
        }
        if (!Files.isDirectory(path)) {
            throw new ConfigException("there is no model bundle at " + path.toAbsolutePath());
        }
        Path name = path.toAbsolutePath().normalize().getFileName();
        return Stream.of("bundle.json", name + ".json")
                .map(path::resolve)
                .filter(Files::isRegularFile)
                .findFirst()
                .<ModelBundle>map(manifest -> new ManifestBundle(JsonConfig.read(manifest)))
                .orElseGet(() -> DirectoryBundle.open(path));
    }

    /**
     * Whether a directory of Hugging Face's holds a whole model, so that it needs no manifest.
     *
     * @throws ConfigException if there is no config.json, or it is not valid
     */
    static boolean isWhole(Path directory) {
        return HuggingFaceDirectory.open(directory).model().isWhole();
    }

    String name();

    /**
     * Names what was trained together: the manifest's {@code revision}, or else a hash over the description and all
     * weights. Equal for stages that serve one bundle, also on different hosts. A host that holds only its stage's files
     * needs a manifest with a revision.
     */
    String revision();

    /**
     * Whether the files say that a part's weights are random, as those of a synthesized model are: what it answers means
     * nothing.
     */
    boolean hasRandomWeights(BundlePart part);

    /** A manifest of the same model for another directory: names of files are relative to that. */
    ObjectNode manifestIn(Path directory);

    /** How the vision encoder wants to see pictures. */
    ImageCutter pictures();

    /** Feature vectors of one picture, at most. */
    default long maxFeatures() {
        return vision().config().maxTokens(pictures().maxPixels());
    }

    /** How a picture stands in the prompt. */
    PictureNotation notation();

    /**
     * How a picture becomes the one square that the vision encoder sees.
     *
     * @throws ConfigException if it sees pictures otherwise
     */
    default Preprocessing preprocessing() {
        if (pictures() instanceof WholeImage whole) {
            return whole.preprocessing();
        }
        throw new ConfigException("model '%s' takes pictures apart, which is not served yet".formatted(name()));
    }

    StoredNetwork<VisionConfig> vision();

    /**
     * What decides an encoder's features: hash over its network, its weights and its preprocessing.
     *
     * @throws ConfigException as {@link #pictures} does
     */
    default String visionFingerprint() {
        Fingerprint fingerprint = new Fingerprint().add("network", vision().fingerprint());
        PictureProbe.add(pictures(), fingerprint);
        return fingerprint.hex();
    }

    StoredNetwork<ProjectorConfig> projector();

    StoredNetwork<DecoderConfig> llm();

    /** Opens the LLM's tokenizer. The caller closes it. */
    Tokenizer tokenizer();

    Prompt prompt();

    /** Most tokens of an answer where a request does not say. */
    int maxNewTokens();
}
