package dev.pargo.models.llm;

import dev.pargo.models.bundle.BundleException;
import dev.pargo.models.bundle.Manifest;
import dev.pargo.models.bundle.ModelBundle;
import dev.pargo.models.tokenizer.SentencePieceTokenizer;
import dev.pargo.models.tokenizer.Tokenizer;
import dev.pargo.models.torch.Placement;
import dev.pargo.models.weights.Checkpoint;
import dev.pargo.models.weights.Fingerprint;
import dev.pargo.models.weights.FusionCheckpoint;
import dev.pargo.models.weights.LoraAdapter;
import java.nio.file.Files;
import java.nio.file.Path;

/** Opens a bundle's language model. */
public final class LanguageModels {

    private LanguageModels() {}

    /**
     * Loads the decoder, with its adapter merged in if the bundle names one.
     *
     * @param packed whether bfloat16 weights may be copied into a layout that a CPU reads faster
     * @throws BundleException if config.json is missing or of an unknown architecture
     * @throws dev.pargo.models.weights.CheckpointException if the weights do not fit
     */
    public static CausalLm load(ModelBundle bundle, Placement placement, boolean packed) {
        Path directory = directory(bundle);
        return CausalLm.load(
                DecoderConfig.read(directory), Checkpoint.open(directory), adapter(bundle), placement, packed);
    }

    /** @throws BundleException if the directory holds no tokenizer that is known here */
    public static Tokenizer tokenizer(ModelBundle bundle) {
        return new SentencePieceTokenizer(bundle.resolve(bundle.manifest().llm().dir() + "/tokenizer.model"));
    }

    /** Fingerprint of the decoder's weights and its adapter's. */
    public static String fingerprint(ModelBundle bundle) {
        Fingerprint fingerprint = new Fingerprint().add(Checkpoint.open(directory(bundle)));
        Manifest.Lora lora = bundle.manifest().llm().lora();
        if (lora != null) {
            fingerprint.add("alpha", String.valueOf(lora.alpha())).add(loraCheckpoint(bundle, lora));
        }
        return fingerprint.hex();
    }

    private static Path directory(ModelBundle bundle) {
        return bundle.resolve(bundle.manifest().llm().dir());
    }

    private static LoraAdapter adapter(ModelBundle bundle) {
        Manifest.Lora lora = bundle.manifest().llm().lora();
        if (lora == null) {
            return LoraAdapter.none();
        }
        Path file = bundle.resolve(lora.file());
        if (Files.isDirectory(file)) {
            return LoraAdapter.open(file);
        }
        if (lora.alpha() == null) {
            throw new BundleException(
                    "bundle '%s' names the adapter %s without its alpha".formatted(bundle.name(), file));
        }
        return LoraAdapter.of(loraCheckpoint(bundle, lora), lora.alpha());
    }

    private static Checkpoint loraCheckpoint(ModelBundle bundle, Manifest.Lora lora) {
        Path file = bundle.resolve(lora.file());
        return Files.isDirectory(file)
                ? Checkpoint.open(file)
                : FusionCheckpoint.open(file).filter(LoraAdapter::isAdapterTensor);
    }
}
