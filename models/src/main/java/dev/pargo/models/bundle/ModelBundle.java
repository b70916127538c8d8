package dev.pargo.models.bundle;

import dev.pargo.models.chat.PromptFormat;
import dev.pargo.models.config.ConfigException;
import dev.pargo.models.config.JsonConfig;
import dev.pargo.models.image.ImageCutter;
import dev.pargo.models.image.Preprocessing;
import dev.pargo.models.image.WholeImage;
import dev.pargo.models.llm.DecoderConfig;
import dev.pargo.models.network.StoredNetwork;
import dev.pargo.models.picture.PictureNotation;
import dev.pargo.models.projector.ProjectorConfig;
import dev.pargo.models.tokenizer.Tokenizer;
import dev.pargo.models.vision.VisionConfig;
import dev.pargo.models.weights.Fingerprint;
import dev.pargo.models.weights.LoraAdapter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/**
 * A multimodal model: a vision encoder, a projector and an LLM that were trained together, with the preprocessing and the prompt
 * format that they expect. Or an LLM alone, which answers text only.
 *
 * <p>Every method reads only the files of the part that it is about, and only the headers of weight files. So a host that runs
 * one stage needs only that stage's files. All methods throw {@link ConfigException} if a file is missing or invalid, and {@link
 * dev.pargo.models.weights.CheckpointException} if a weight file cannot be read. {@link StoredNetwork#check} tells whether the
 * weights fit the network. Immutable.
 */
public sealed interface ModelBundle permits ManifestBundle, DirectoryBundle {

    /** Marks random weights: in a part's section of a manifest, or in a directory's config.json. */
    String RANDOM_WEIGHTS = "random_weights";

    /**
     * Opens a bundle.
     *
     * @param path a manifest; a directory with a {@code bundle.json} or a JSON file of the directory's name; or a directory
     *     with a whole model in Hugging Face's layout
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
     * A directory with a whole model in Hugging Face's layout whose weights are not written yet. It tells the networks'
     * parameters.
     */
    static ModelBundle planned(Path directory) {
        return new DirectoryBundle(HuggingFaceDirectory.planned(directory));
    }

    /**
     * Whether a directory in Hugging Face's layout holds a whole model and so needs no manifest.
     *
     * @throws ConfigException if config.json is missing or invalid
     */
    static boolean isWhole(Path directory) {
        return HuggingFaceDirectory.open(directory).model().isWhole();
    }

    /**
     * Opens an adapter of a decoder, in a directory as PEFT saves it. It may have been trained on the multimodal class.
     *
     * @throws dev.pargo.models.weights.CheckpointException if it cannot be read or is of a kind that is not known
     */
    static LoraAdapter openAdapter(Path directory) {
        return LoraAdapter.open(directory).rename(PublishedTensors::decoderName);
    }

    String name();

    /**
     * Identifies the parts that were trained together: the manifest's {@code revision}, or else a hash of the description and all
     * weights. All stages that serve the same bundle have the same revision, on any host. A host that holds only its own stage's
     * files needs a manifest with a revision.
     */
    String revision();

    /** Whether the model has a vision encoder and a projector. A model without them answers text only. */
    boolean seesPictures();

    /** @throws ConfigException if the model answers text only */
    default void requireVision() {
        if (!seesPictures()) {
            throw new ConfigException(
                    "model '%s' answers text only: it has no vision encoder and no projector".formatted(name()));
        }
    }

    /**
     * Whether the files say that the part's weights are random, as in a synthesized model. The output of such a model has no
     * meaning.
     */
    boolean hasRandomWeights(BundlePart part);

    /** A manifest of the same model for another directory, with file names relative to that directory. */
    ObjectNode manifestIn(Path directory);

    /** The preprocessing that the vision encoder expects. */
    ImageCutter pictures();

    /** The largest number of feature vectors of one picture. */
    default long maxFeatures() {
        return vision().config().maxTokens(pictures().maxPixels());
    }

    /** How a picture is written into the prompt. */
    PictureNotation notation();

    /**
     * How a picture becomes the single square image that the vision encoder takes.
     *
     * @throws ConfigException if the encoder takes tiles or pictures of any size
     */
    default Preprocessing preprocessing() {
        if (pictures() instanceof WholeImage whole) {
            return whole.preprocessing();
        }
        throw new ConfigException(
                "model '%s' cuts pictures into pieces or takes pictures of any size, not one square".formatted(name()));
    }

    StoredNetwork<VisionConfig> vision();

    /**
     * A hash of everything that determines the encoder's features: its network, its weights and its preprocessing.
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

    /** The directory with the files of the LLM's tokenizer. */
    Path tokenizerDirectory();

    /** Opens the LLM's tokenizer. The caller closes it. */
    Tokenizer tokenizer();

    /**
     * How the model was trained to read conversations.
     *
     * @param tokenizer the bundle's
     */
    PromptFormat promptFormat(Tokenizer tokenizer);

    /**
     * A format that writes one turn as the caller says, and the rest as the reference does.
     *
     * @param turn      with {@code <ImageHere>} and {@code {question}}
     * @param tokenizer the bundle's
     */
    PromptFormat promptFormat(String turn, Tokenizer tokenizer);

    /** Whether the model was trained on single questions: it answers a second one in a conversation poorly. */
    boolean isSingleTurn();

    /** The default limit on the tokens of an answer; 0 for the rest of the context. */
    int maxNewTokens();
}
