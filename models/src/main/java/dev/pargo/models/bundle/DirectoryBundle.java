package dev.pargo.models.bundle;

import dev.pargo.models.chat.PromptFormat;
import dev.pargo.models.chat.TurnFormat;
import dev.pargo.models.config.ConfigException;
import dev.pargo.models.image.ImageCutter;
import dev.pargo.models.llm.DecoderConfig;
import dev.pargo.models.network.StoredNetwork;
import dev.pargo.models.picture.PictureNotation;
import dev.pargo.models.projector.ProjectorConfig;
import dev.pargo.models.tokenizer.Tokenizer;
import dev.pargo.models.vision.VisionConfig;
import dev.pargo.models.weights.Fingerprint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** A directory with a whole model in Hugging Face's layout. It needs no manifest. */
record DirectoryBundle(HuggingFaceDirectory directory) implements ModelBundle {

    static DirectoryBundle open(Path path) {
        if (!Files.exists(path.resolve("config.json"))) {
            throw new ConfigException("%s has neither a manifest (bundle.json or %s.json) nor a config.json"
                    .formatted(path, path.toAbsolutePath().normalize().getFileName()));
        }
        HuggingFaceDirectory directory = HuggingFaceDirectory.open(path);
        if (!directory.model().isWhole()) {
            throw directory
                    .config()
                    .unknown(
                            "model_type",
                            directory.modelType(),
                            PublishedModel.WHOLE
                                    + " and text-only decoders; other networks are named in a bundle.json");
        }
        return new DirectoryBundle(directory);
    }

    @Override
    public String name() {
        return directory.path().toAbsolutePath().normalize().getFileName().toString();
    }

    @Override
    public String revision() {
        Fingerprint fingerprint =
                new Fingerprint().add("config", directory.config().json());
        if (seesPictures()) {
            fingerprint
                    .add("vision", visionFingerprint())
                    .add("projector", projector().fingerprint());
        }
        return fingerprint.add("llm", llm().fingerprint()).hex();
    }

    @Override
    public boolean seesPictures() {
        return directory.model().seesPictures();
    }

    @Override
    public boolean hasRandomWeights(BundlePart part) {
        return directory.hasRandomWeights();
    }

    @Override
    public ObjectNode manifestIn(Path other) {
        ObjectNode manifest = JsonNodeFactory.instance.objectNode().put("name", name());
        String path = ManifestBundle.relative(other, directory.path());
        for (BundlePart part : seesPictures() ? List.of(BundlePart.values()) : List.of(BundlePart.LLM)) {
            manifest.putObject(part.section()).put("dir", path);
        }
        return manifest;
    }

    @Override
    public ImageCutter pictures() {
        requireVision();
        return directory.model().pictures();
    }

    @Override
    public PictureNotation notation() {
        return directory.model().notation();
    }

    @Override
    public StoredNetwork<VisionConfig> vision() {
        requireVision();
        return directory.model().vision();
    }

    @Override
    public StoredNetwork<ProjectorConfig> projector() {
        requireVision();
        return directory.model().projector();
    }

    @Override
    public StoredNetwork<DecoderConfig> llm() {
        return directory.model().llm();
    }

    @Override
    public Path tokenizerDirectory() {
        return directory.path();
    }

    @Override
    public Tokenizer tokenizer() {
        return directory.tokenizer();
    }

    /** The directory's chat template, or the format of the decoder's family if there is none. */
    @Override
    public PromptFormat promptFormat(Tokenizer tokenizer) {
        return directory
                .chatTemplate(tokenizer, directory.specialToken("eos_token", ""))
                .orElseGet(() -> {
                    ChatFormat format = ChatFormat.of(llm().config().family(), tokenizer);
                    return new TurnFormat(format.origin(), format.turns(), tokenizer.controlTokens());
                });
    }

    @Override
    public PromptFormat promptFormat(String turn, Tokenizer tokenizer) {
        return ManifestBundle.promptFormat(ManifestBundle.reference(directory).withTurn(turn), tokenizer);
    }

    /** Published directories do not tell this. */
    @Override
    public boolean isSingleTurn() {
        return false;
    }

    @Override
    public int maxNewTokens() {
        return 0;
    }
}
