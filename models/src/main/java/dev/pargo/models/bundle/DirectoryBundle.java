package dev.pargo.models.bundle;

import dev.pargo.models.config.ConfigException;
import dev.pargo.models.image.ImageCutter;
import dev.pargo.models.llm.DecoderConfig;
import dev.pargo.models.network.StoredNetwork;
import dev.pargo.models.projector.ProjectorConfig;
import dev.pargo.models.tokenizer.Tokenizer;
import dev.pargo.models.vision.VisionConfig;
import dev.pargo.models.weights.Fingerprint;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** A directory with a whole model in Hugging Face's layout. It needs no manifest. */
record DirectoryBundle(HuggingFaceDirectory directory) implements ModelBundle {

    private static final int MAX_NEW_TOKENS = 256;

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
                            PublishedModel.WHOLE + "; other networks are named in a bundle.json");
        }
        return new DirectoryBundle(directory);
    }

    @Override
    public String name() {
        return directory.path().toAbsolutePath().normalize().getFileName().toString();
    }

    @Override
    public String revision() {
        return new Fingerprint()
                .add("config", directory.config().json())
                .add("vision", visionFingerprint())
                .add("projector", projector().fingerprint())
                .add("llm", llm().fingerprint())
                .hex();
    }

    @Override
    public boolean hasRandomWeights(BundlePart part) {
        return directory.hasRandomWeights();
    }

    @Override
    public ObjectNode manifestIn(Path other) {
        ObjectNode manifest = JsonNodeFactory.instance.objectNode().put("name", name());
        String path = ManifestBundle.relative(other, directory.path());
        for (BundlePart part : BundlePart.values()) {
            manifest.putObject(part.section()).put("dir", path);
        }
        prompt().writeTo(manifest.putObject("prompt"), manifest.putObject("generation"));
        ((ObjectNode) manifest.get("generation")).put("max_new_tokens", MAX_NEW_TOKENS);
        return manifest;
    }

    @Override
    public ImageCutter pictures() {
        return directory.model().pictures();
    }

    @Override
    public PictureNotation notation() {
        return directory.model().notation();
    }

    @Override
    public StoredNetwork<VisionConfig> vision() {
        return directory.model().vision();
    }

    @Override
    public StoredNetwork<ProjectorConfig> projector() {
        return directory.model().projector();
    }

    @Override
    public StoredNetwork<DecoderConfig> llm() {
        return directory.model().llm();
    }

    @Override
    public Tokenizer tokenizer() {
        return directory.tokenizer();
    }

    /**
     * The prompt format of the directory's chat template. If there is no template, or it does not support pictures, the prompt
     * format of the decoder's family.
     */
    @Override
    public Prompt prompt() {
        TemplateCutter cutter = directory
                .template()
                .map(template -> new TemplateCutter(template, notation().placeholder()))
                .filter(TemplateCutter::writesPictures)
                .orElse(null);
        if (cutter != null) {
            return cutter.cut(
                    directory.specialToken("bos_token", ""),
                    directory.opensTexts(),
                    directory.specialToken("eos_token", "</s>"));
        }
        try (Tokenizer tokenizer = tokenizer()) {
            return ChatFormat.of(llm().config().family(), tokenizer).prompt();
        }
    }

    @Override
    public int maxNewTokens() {
        return MAX_NEW_TOKENS;
    }
}
