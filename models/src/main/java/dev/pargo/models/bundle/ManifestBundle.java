package dev.pargo.models.bundle;

import dev.pargo.models.chat.PromptFormat;
import dev.pargo.models.chat.TurnFormat;
import dev.pargo.models.chat.TurnTemplate;
import dev.pargo.models.config.ConfigException;
import dev.pargo.models.config.JsonConfig;
import dev.pargo.models.image.ImageCutter;
import dev.pargo.models.image.Preprocessing;
import dev.pargo.models.image.WholeImage;
import dev.pargo.models.llm.DecoderConfig;
import dev.pargo.models.network.StoredNetwork;
import dev.pargo.models.picture.PictureNotation;
import dev.pargo.models.projector.LayerWidths;
import dev.pargo.models.projector.ProjectorConfig;
import dev.pargo.models.tokenizer.Tokenizer;
import dev.pargo.models.vision.ClipConfig;
import dev.pargo.models.vision.Eva02Config;
import dev.pargo.models.vision.EvaGConfig;
import dev.pargo.models.vision.SquareTower;
import dev.pargo.models.vision.VisionConfig;
import dev.pargo.models.weights.Checkpoint;
import dev.pargo.models.weights.Fingerprint;
import dev.pargo.models.weights.FusionCheckpoint;
import dev.pargo.models.weights.LoraAdapter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/**
 * A bundle that a manifest describes: a JSON file with the sections {@code image}, {@code vision}, {@code ln_vision},
 * {@code projector}, {@code llm}, {@code prompt} and {@code generation}. A part is either a bare checkpoint ({@code file}) whose
 * dimensions are in the section, or a directory in Hugging Face's layout ({@code dir}) whose config.json has the dimensions.
 * Paths are relative to the manifest.
 */
final class ManifestBundle implements ModelBundle {

    /** Fields that name files. */
    private static final Set<String> FILES = Set.of("file", "dir");

    private final JsonConfig manifest;

    ManifestBundle(JsonConfig manifest) {
        this.manifest = manifest;
        manifest.string("name");
        manifest.section("llm");
        if (seesPictures()) {
            manifest.section("vision");
            manifest.section("projector");
        }
    }

    @Override
    public String name() {
        return manifest.string("name");
    }

    @Override
    public String revision() {
        if (manifest.has("revision")) {
            return manifest.string("revision");
        }
        Fingerprint fingerprint = new Fingerprint().add("manifest", manifest.json());
        if (seesPictures()) {
            fingerprint
                    .add("vision", visionFingerprint())
                    .add("projector", projector().fingerprint());
        }
        return fingerprint.add("llm", llm().fingerprint()).hex();
    }

    @Override
    public boolean seesPictures() {
        return manifest.has("vision") || manifest.has("projector");
    }

    @Override
    public boolean hasRandomWeights(BundlePart part) {
        JsonConfig section = manifest.section(part.section());
        HuggingFaceDirectory directory = directory(section);
        return section.flag(RANDOM_WEIGHTS, directory != null && directory.hasRandomWeights());
    }

    @Override
    public ObjectNode manifestIn(Path directory) {
        ObjectNode copy = (ObjectNode) manifest.json().deepCopy();
        copy.remove("revision");
        relocate(copy, directory);
        return copy;
    }

    private void relocate(ObjectNode section, Path directory) {
        for (Map.Entry<String, JsonNode> field : section.properties()) {
            if (field.getValue() instanceof ObjectNode inner) {
                relocate(inner, directory);
            } else if (FILES.contains(field.getKey())) {
                Path file = resolve(field.getValue().asString());
                field.setValue(StringNode.valueOf(relative(directory, file)));
            }
        }
    }

    /** A file's path relative to a directory. */
    static String relative(Path directory, Path file) {
        Path from = directory.toAbsolutePath().normalize();
        return from.relativize(file.toAbsolutePath().normalize()).toString();
    }

    @Override
    public ImageCutter pictures() {
        requireVision();
        if (manifest.has("image")) {
            return new WholeImage(Preprocessing.read(manifest.section("image")));
        }
        HuggingFaceDirectory vision = directory(manifest.section("vision"));
        if (vision == null) {
            throw manifest.problem("image is missing");
        }
        return vision.model().pictures();
    }

    @Override
    public StoredNetwork<VisionConfig> vision() {
        requireVision();
        JsonConfig section = manifest.section("vision");
        HuggingFaceDirectory directory = directory(section);
        if (directory != null) {
            StoredNetwork<VisionConfig> published = directory.model().vision();
            return manifest.has("image")
                    ? resized(published, manifest.section("image").size("size"))
                    : published;
        }
        JsonConfig image = manifest.section("image");
        int imageSize = image.size("size");
        int patchSize = image.size("patch_size");
        String prefix = section.string("prefix", "visual.");
        Checkpoint checkpoint = FusionCheckpoint.open(file(section)).stripPrefix(prefix);
        if (checkpoint.tensors().isEmpty()) {
            throw section.problem("vision.prefix is '%s', but no tensor of %s is named so; name the file with the tower"
                    .formatted(prefix, checkpoint.source()));
        }
        String type = section.string("type");
        return new StoredNetwork<>(
                switch (type) {
                    case "EVAVisionTransformer" -> Eva02Config.read(section, imageSize, patchSize, checkpoint);
                    case "EVA_ViT" -> EvaGConfig.read(section, imageSize, patchSize, checkpoint);
                    default ->
                        throw section.unknown(
                                "type",
                                type,
                                "EVAVisionTransformer (EVA-02-CLIP), EVA_ViT (EVA's ViT-g); CLIP is named by its dir");
                },
                checkpoint);
    }

    /**
     * The notation of the model that the projector belongs to. If the projector is a bare checkpoint, nothing is written around
     * the visual tokens.
     */
    @Override
    public PictureNotation notation() {
        HuggingFaceDirectory projector = directory(manifest.sectionOrEmpty("projector"));
        return projector == null ? PictureNotation.PLAIN : projector.model().notation();
    }

    /** The tower for images of the configured size, which may differ from the size it was trained on. */
    private StoredNetwork<VisionConfig> resized(StoredNetwork<VisionConfig> tower, int imageSize) {
        SquareTower square = tower.config().square();
        if (square.imageSize() == imageSize) {
            return tower;
        }
        if (square instanceof ClipConfig clip) {
            return new StoredNetwork<>(manifest.make(() -> clip.withImageSize(imageSize)), tower.checkpoint());
        }
        throw manifest.problem("image.size is %d, the vision encoder's is %d".formatted(imageSize, square.imageSize()));
    }

    @Override
    public StoredNetwork<ProjectorConfig> projector() {
        requireVision();
        JsonConfig section = manifest.section("projector");
        HuggingFaceDirectory directory = directory(section);
        if (directory != null) {
            return directory.model().projector(vision().config().square());
        }
        Checkpoint checkpoint = FusionCheckpoint.open(file(section));
        JsonConfig norm = manifest.sectionOrEmpty("ln_vision");
        if (norm.has("file")) {
            checkpoint = checkpoint.union(FusionCheckpoint.open(file(norm)));
        }
        return new StoredNetwork<>(
                ProjectorConfig.read(section, patches(), norm.number("eps", 1e-5), LayerWidths.stored(checkpoint)),
                checkpoint);
    }

    private int patches() {
        JsonConfig image = manifest.sectionOrEmpty("image");
        if (!image.has("patch_size")) {
            return vision().config().square().tokens();
        }
        int grid = image.size("size") / image.size("patch_size");
        return grid * grid;
    }

    @Override
    public StoredNetwork<DecoderConfig> llm() {
        StoredNetwork<DecoderConfig> base = llmDirectory().model().llm();
        LoraAdapter adapter = adapter();
        if (base.config().tied() && savesEmbedding(adapter, base.config())) {
            throw manifest.section("llm")
                    .problem("lora holds an embedding of its own; in this model the output layer is tied to it");
        }
        return new StoredNetwork<>(base.config(), base.checkpoint(), adapter);
    }

    private static boolean savesEmbedding(LoraAdapter adapter, DecoderConfig config) {
        return config.parameters().stream()
                .anyMatch(parameter -> parameter.role().equals("embedding.weight")
                        && adapter.saved().tensors().containsKey(parameter.name()));
    }

    private LoraAdapter adapter() {
        JsonConfig llm = manifest.section("llm");
        if (!llm.has("lora")) {
            return LoraAdapter.none();
        }
        JsonConfig lora = llm.section("lora");
        Path file = file(lora);
        return Files.isDirectory(file)
                ? ModelBundle.openAdapter(file)
                : LoraAdapter.of(FusionCheckpoint.open(file), lora.number("alpha"));
    }

    @Override
    public Path tokenizerDirectory() {
        return llmDirectory().path();
    }

    @Override
    public Tokenizer tokenizer() {
        return llmDirectory().tokenizer();
    }

    private HuggingFaceDirectory llmDirectory() {
        JsonConfig section = manifest.section("llm");
        return HuggingFaceDirectory.open(resolve(section.string("dir")));
    }

    /**
     * The manifest's own template, the format that it names, or the chat template of the LLM's directory; if there is none of these,
     * the format of the LLM's family.
     */
    @Override
    public PromptFormat promptFormat(Tokenizer tokenizer) {
        JsonConfig section = manifest.sectionOrEmpty("prompt");
        HuggingFaceDirectory llm = llmDirectory();
        if (section.has("template")) {
            return turns("prompt.template of the manifest", reference(llm), tokenizer);
        }
        if (section.has("format")) {
            ChatFormat format = section.make(() -> ChatFormat.named(section.string("format")));
            return turns(format.label() + ", named in the manifest", format.turns(), tokenizer);
        }
        Optional<PromptFormat> published = llm.chatTemplate(
                tokenizer,
                manifest.sectionOrEmpty("generation").string("eos_token", llm.specialToken("eos_token", "")));
        if (published.isPresent()) {
            if (!section.json().isEmpty()) {
                throw manifest.problem(
                        "prompt needs a template or a format; without them, the chat template of %s is executed"
                                .formatted(manifest.section("llm").string("dir")));
            }
            return published.get();
        }
        ChatFormat format = ChatFormat.of(llm().config().family(), tokenizer);
        return turns(format.origin(), format.turns(), tokenizer);
    }

    private PromptFormat turns(String origin, TurnTemplate otherwise, Tokenizer tokenizer) {
        return new TurnFormat(origin, turns(otherwise), tokenizer.controlTokens());
    }

    private TurnTemplate turns(TurnTemplate otherwise) {
        return TurnTemplate.read(manifest.sectionOrEmpty("prompt"), manifest.sectionOrEmpty("generation"), otherwise);
    }

    @Override
    public PromptFormat promptFormat(String turn, Tokenizer tokenizer) {
        JsonConfig section = manifest.sectionOrEmpty("prompt");
        TurnTemplate otherwise = section.has("format")
                ? ChatFormat.named(section.string("format")).turns()
                : reference(llmDirectory());
        return promptFormat(turns(otherwise).withTurn(turn), tokenizer);
    }

    static PromptFormat promptFormat(TurnTemplate turns, Tokenizer tokenizer) {
        return new TurnFormat("prompt-template of the gateway", turns, tokenizer.controlTokens());
    }

    /** The other fields for a template of one turn, whose system instructions are part of the turn. */
    static TurnTemplate reference(HuggingFaceDirectory llm) {
        String bos = llm.specialToken("bos_token", "<s>");
        String eos = llm.specialToken("eos_token", "</s>");
        return new TurnTemplate("", TurnTemplate.IMAGE_PLACEHOLDER, bos, eos, "", "", "");
    }

    @Override
    public boolean isSingleTurn() {
        return manifest.flag("single_turn", false);
    }

    @Override
    public int maxNewTokens() {
        JsonConfig generation = manifest.sectionOrEmpty("generation");
        return generation.has("max_new_tokens") ? generation.size("max_new_tokens") : 0;
    }

    private @Nullable HuggingFaceDirectory directory(JsonConfig section) {
        return section.has("dir") ? HuggingFaceDirectory.open(resolve(section.string("dir"))) : null;
    }

    private Path file(JsonConfig section) {
        return resolve(section.string("file"));
    }

    private Path resolve(String file) {
        Path resolved =
                manifest.file().toAbsolutePath().getParent().resolve(file).normalize();
        if (!Files.exists(resolved)) {
            throw new ConfigException("bundle '%s' names %s, which is not there".formatted(name(), resolved));
        }
        return resolved;
    }
}
