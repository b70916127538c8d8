package dev.pargo.models.bundle;

import dev.pargo.models.config.JsonConfig;
import dev.pargo.models.image.ImageCutter;
import dev.pargo.models.llm.DecoderConfig;
import dev.pargo.models.network.StoredNetwork;
import dev.pargo.models.picture.PictureNotation;
import dev.pargo.models.projector.MergerConfig;
import dev.pargo.models.projector.ProjectorConfig;
import dev.pargo.models.vision.QwenVitConfig;
import dev.pargo.models.vision.QwenVitConfig.Variant;
import dev.pargo.models.vision.VisionConfig;

/**
 * Qwen2-VL, Qwen2.5-VL and Qwen3-VL: pictures of any resolution, and a decoder that gives visual tokens positions on three axes
 * (M-RoPE).
 */
record QwenVlModel(HuggingFaceDirectory directory, Variant variant) implements WholeModel {

    private JsonConfig visionSection() {
        return config().section("vision_config");
    }

    @Override
    public StoredNetwork<VisionConfig> vision() {
        return new StoredNetwork<>(
                QwenVitConfig.read(variant, visionSection()), tensors().vision());
    }

    @Override
    public StoredNetwork<ProjectorConfig> projector() {
        QwenVitConfig vision = (QwenVitConfig) vision().config();
        int side = visionSection().size("spatial_merge_size", 2);
        int llmWidth = llm().config().width();
        return new StoredNetwork<>(
                switch (variant) {
                    case QWEN2 -> MergerConfig.qwen2Vl(vision.hidden(), side, llmWidth, false);
                    case QWEN2_5 -> MergerConfig.qwen2Vl(vision.hidden(), side, llmWidth, true);
                    case QWEN3 ->
                        MergerConfig.qwen3Vl(
                                vision.hidden(), side, llmWidth, vision.states().size() - 1);
                },
                tensors().merger());
    }

    @Override
    public StoredNetwork<DecoderConfig> llm() {
        StoredNetwork<DecoderConfig> decoder = directory.decoder(tensors().llm());
        if (variant != Variant.QWEN3) {
            return decoder;
        }
        int inner = QwenVitConfig.deepStackLayers(visionSection()).size();
        return new StoredNetwork<>(decoder.config().withSideInputs(inner), decoder.checkpoint());
    }

    @Override
    public ImageCutter pictures() {
        return directory.cutter(false);
    }

    /** The chat template itself writes the markers around the placeholder. */
    @Override
    public PictureNotation notation() {
        return PictureNotation.plain("<|image_pad|>");
    }
}
