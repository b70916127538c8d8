package dev.pargo.models.bundle;

import dev.pargo.models.chat.PromptFormat;
import dev.pargo.models.chat.TemplateFormat;
import dev.pargo.models.config.JsonConfig;
import dev.pargo.models.image.ImageCutter;
import dev.pargo.models.image.PublishedCutters;
import dev.pargo.models.llm.DecoderConfig;
import dev.pargo.models.network.StoredNetwork;
import dev.pargo.models.picture.Grid;
import dev.pargo.models.tokenizer.Tokenizer;
import dev.pargo.models.vision.SquareTower;
import dev.pargo.models.weights.Checkpoint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * A model directory in Hugging Face's layout, written by transformers 4 or 5. It holds config.json, the weights, the image
 * processor's settings and the tokenizer. The {@code model_type} in config.json says what kind of model it is.
 *
 * @param weights opens the weight files
 */
record HuggingFaceDirectory(Path path, JsonConfig config, Supplier<Checkpoint> weights) {

    private static final String QUANTIZATION = "quantization_config";

    static HuggingFaceDirectory open(Path path) {
        return open(path, () -> Checkpoint.open(path));
    }

    /** A directory whose weights are not written yet. */
    static HuggingFaceDirectory planned(Path path) {
        return open(path, Checkpoint::empty);
    }

    private static HuggingFaceDirectory open(Path path, Supplier<Checkpoint> weights) {
        JsonConfig config = JsonConfig.read(path.resolve("config.json"));
        requireUnquantised(config);
        if (OriginalInternVl.is(config)) {
            return new HuggingFaceDirectory(
                    path, OriginalInternVl.toHuggingFace(config), () -> OriginalInternVl.tensors(weights.get()));
        }
        JsonConfig read = OriginalLlava.is(config) ? OriginalLlava.toHuggingFace(config) : config;
        return new HuggingFaceDirectory(path, read, weights);
    }

    private static void requireUnquantised(JsonConfig config) {
        JsonConfig described = config.has(QUANTIZATION) ? config : config.sectionOrEmpty("text_config");
        if (described.has(QUANTIZATION)) {
            throw described.problem("%s.quant_method is '%s': quantised weights are not read; take the original model"
                    .formatted(QUANTIZATION, described.section(QUANTIZATION).string("quant_method", "")));
        }
    }

    String modelType() {
        return config.string("model_type", "");
    }

    PublishedModel model() {
        return PublishedModel.of(this);
    }

    /**
     * Whether the weights are random. Only models synthesized by this project say so; published configurations have no such
     * field.
     */
    boolean hasRandomWeights() {
        return config.flag(ModelBundle.RANDOM_WEIGHTS, false);
    }

    Checkpoint checkpoint() {
        return weights.get();
    }

    /**
     * The decoder that {@code text_config} describes. {@code tie_word_embeddings} may be set there or at the top level; it is
     * used only if the files have no output layer.
     *
     * @param checkpoint the decoder's tensors
     */
    StoredNetwork<DecoderConfig> decoder(Checkpoint checkpoint) {
        JsonConfig text = config.has("text_config") ? config.section("text_config") : config;
        String field = "tie_word_embeddings";
        if (config.has(field) || text.has(field)) {
            boolean atTop = config.flag(field, false);
            boolean tied = checkpoint.tensors().containsKey("lm_head.weight")
                    ? text.flag(field, atTop)
                    : atTop || text.flag(field, false);
            text = text.with(field, tied);
        }
        return new StoredNetwork<>(DecoderConfig.read(text, path), checkpoint);
    }

    /**
     * How pictures are resized and cut into pieces.
     *
     * @param padsToSquare whether pictures that are encoded as one square are padded first, as in the original LLaVA-1.5
     */
    ImageCutter cutter(boolean padsToSquare) {
        return PublishedCutters.read(imageProcessor(), padsToSquare);
    }

    /**
     * The same, for a tower that takes square input.
     *
     * @throws dev.pargo.models.config.ConfigException if the size of the pieces differs from the tower's input size
     */
    ImageCutter cutter(SquareTower tower, boolean padsToSquare) {
        ImageCutter cutter = cutter(padsToSquare);
        Grid piece = cutter.layout(100, 100, true).pieces().get(0).grid();
        if (piece.rows() != tower.imageSize() || piece.columns() != tower.imageSize()) {
            throw imageProcessor()
                    .problem("size is %d, the vision encoder's is %d".formatted(piece.rows(), tower.imageSize()));
        }
        return cutter;
    }

    /** The image processor's settings: a separate file, or in transformers 5 a section of the processor's file. */
    private JsonConfig imageProcessor() {
        if (config.has(OriginalInternVl.PROCESSOR)) {
            return config.section(OriginalInternVl.PROCESSOR);
        }
        Path processor = path.resolve("processor_config.json");
        if (Files.exists(processor)) {
            JsonConfig whole = JsonConfig.read(processor);
            if (whole.has("image_processor")) {
                return whole.section("image_processor");
            }
        }
        return JsonConfig.read(path.resolve("preprocessor_config.json"));
    }

    Tokenizer tokenizer() {
        return Tokenizer.open(path);
    }

    /**
     * The format of the directory's chat template, which is executed; empty if there is none.
     *
     * @param tokenizer of this directory
     * @param endToken  control token that closes an answer
     */
    Optional<PromptFormat> chatTemplate(Tokenizer tokenizer, String endToken) {
        return new PublishedTemplateFiles(this)
                .read()
                .map(templates -> new TemplateFormat(
                        templates,
                        model().notation().placeholder(),
                        // Processors tokenise a prompt like any text, with the opening token; a decoder's template
                        // writes that token itself.
                        model().seesPictures() && opensTexts() ? specialToken("bos_token", "") : "",
                        endToken,
                        tokenizer.controlTokens()));
    }

    /** Whether the tokenizer adds the BOS token before every text. */
    private boolean opensTexts() {
        Path tokenizer = path.resolve("tokenizer.json");
        if (Files.exists(tokenizer)) {
            JsonNode processor = JsonConfig.read(tokenizer).json().path("post_processor");
            String bos = specialToken("bos_token", "");
            return processor.findValues("SpecialToken").stream()
                    .anyMatch(token -> token.path("id").asString("").equals(bos));
        }
        Path settings = path.resolve("tokenizer_config.json");
        return !Files.exists(settings) || JsonConfig.read(settings).flag("add_bos_token", true);
    }

    /** The tokenizer's special tokens by their names, e.g. {@code bos_token} or {@code image_token}, as templates use them. */
    Map<String, String> specialTokens() {
        Path file = path.resolve("tokenizer_config.json");
        if (!Files.exists(file)) {
            return Map.of();
        }
        JsonNode tokenizer = JsonConfig.read(file).json();
        Map<String, String> tokens = new HashMap<>();
        Stream.concat(
                        tokenizer.propertyStream(),
                        tokenizer.path("extra_special_tokens").propertyStream())
                .filter(field -> field.getKey().endsWith("_token"))
                .forEach(field -> {
                    JsonNode value = field.getValue();
                    JsonNode token = value.isObject() ? value.path("content") : value;
                    if (token.isString() && !token.asString().isEmpty()) {
                        tokens.put(field.getKey(), token.asString());
                    }
                });
        return tokens;
    }

    /**
     * A special token of the tokenizer, empty if it has none.
     *
     * @param role      {@code bos_token} or {@code eos_token}
     * @param otherwise the result if the directory does not name the token
     */
    String specialToken(String role, String otherwise) {
        Path file = path.resolve("tokenizer_config.json");
        if (!Files.exists(file)) {
            return otherwise;
        }
        JsonConfig tokenizer = JsonConfig.read(file);
        if (tokenizer.json().path(role).isObject()) {
            return tokenizer.section(role).string("content");
        }
        return tokenizer.string(role, tokenizer.json().has(role) ? "" : otherwise);
    }
}
