package dev.pargo.models.bundle;

import dev.pargo.models.image.ImageCutter;
import dev.pargo.models.llm.DecoderConfig;
import dev.pargo.models.network.StoredNetwork;
import dev.pargo.models.picture.PictureNotation;
import dev.pargo.models.projector.ProjectorConfig;
import dev.pargo.models.vision.QwenVitConfig.Variant;
import dev.pargo.models.vision.SquareTower;
import dev.pargo.models.vision.VisionConfig;

/**
 * The model in a directory in Hugging Face's layout; one implementation for each family. Methods read only the headers of weight
 * files.
 */
interface PublishedModel {

    /** The {@code model_type} of families with a vision encoder, a projector and a decoder. */
    String WHOLE =
            "llava, llava_next, llava_onevision, smolvlm, idefics3, internvl, qwen2_vl, qwen2_5_vl, qwen3_vl, gemma3";

    /** @throws dev.pargo.models.config.ConfigException if the family is not known */
    static PublishedModel of(HuggingFaceDirectory directory) {
        return switch (directory.modelType()) {
            case "llava", "llava_next", "llava_onevision" -> new LlavaModel(directory);
            case "smolvlm", "idefics3" -> new SmolVlmModel(directory);
            case "internvl" -> new InternVlModel(directory);
            case "qwen2_vl" -> new QwenVlModel(directory, Variant.QWEN2);
            case "qwen2_5_vl" -> new QwenVlModel(directory, Variant.QWEN2_5);
            case "qwen3_vl" -> new QwenVlModel(directory, Variant.QWEN3);
            case "gemma3" -> new Gemma3Model(directory);
            default -> new SingleNetwork(directory);
        };
    }

    /** Whether the directory holds a whole model rather than a part of one. */
    boolean isWhole();

    /** Whether it has a vision encoder and a projector. A whole model without them answers text only. */
    default boolean seesPictures() {
        return isWhole();
    }

    StoredNetwork<VisionConfig> vision();

    StoredNetwork<ProjectorConfig> projector();

    /** The projector for a tower from another directory. By default it does not depend on the tower. */
    default StoredNetwork<ProjectorConfig> projector(SquareTower vision) {
        return projector();
    }

    StoredNetwork<DecoderConfig> llm();

    /** The preprocessing that the vision encoder expects. */
    ImageCutter pictures();

    /** How a picture is written into the prompt. */
    default PictureNotation notation() {
        return PictureNotation.PLAIN;
    }
}
