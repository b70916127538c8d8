package dev.pargo.models.bundle;

import dev.pargo.models.network.StoredNetwork;
import dev.pargo.models.picture.PictureNotation;
import dev.pargo.models.projector.PoolConfig;
import dev.pargo.models.projector.ProjectorConfig;
import dev.pargo.models.vision.SiglipConfig;
import dev.pargo.models.vision.SquareTower;
import dev.pargo.models.vision.VisionConfig;
import dev.pargo.models.weights.Checkpoint;

/**
 * Gemma 3: a SigLIP tower, a projector that averages squares of patches, and a decoder in which the visual tokens of a picture
 * attend to each other in both directions.
 */
record Gemma3Model(HuggingFaceDirectory directory) implements WholeModel {

    @Override
    public StoredNetwork<VisionConfig> vision() {
        Checkpoint checkpoint = tensors().vision().rename("vision_model."::concat);
        return new StoredNetwork<>(SiglipConfig.readNormed(config().section("vision_config"), checkpoint), checkpoint);
    }

    @Override
    public StoredNetwork<ProjectorConfig> projector() {
        SquareTower vision = vision().config().square();
        int side = (int) Math.sqrt(config().size("mm_tokens_per_image", 256));
        if (side > vision.grid()) {
            throw config().problem("mm_tokens_per_image are more than the %d patches".formatted(vision.tokens()));
        }
        double eps = config().section("vision_config").number("layer_norm_eps", 1e-6);
        return new StoredNetwork<>(
                new PoolConfig(
                        vision.width(), vision.grid() / side, llm().config().width(), eps),
                tensors().projector());
    }

    @Override
    public PictureNotation notation() {
        return PictureNotation.between("<start_of_image>", "\n\n<start_of_image>", "<end_of_image>\n\n");
    }
}
