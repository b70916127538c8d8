package dev.pargo.models.bundle;

import dev.pargo.models.config.JsonConfig;
import dev.pargo.models.image.ImageCutter;
import dev.pargo.models.llm.DecoderConfig;
import dev.pargo.models.network.StoredNetwork;

/** A model of vision encoder, projector and decoder, in one directory. */
interface WholeModel extends PublishedModel {

    HuggingFaceDirectory directory();

    default JsonConfig config() {
        return directory().config();
    }

    /** The tensors of all its networks. */
    default PublishedTensors tensors() {
        return new PublishedTensors(directory().checkpoint());
    }

    @Override
    default boolean isWhole() {
        return true;
    }

    @Override
    default StoredNetwork<DecoderConfig> llm() {
        return directory().decoder(tensors().llm());
    }

    @Override
    default ImageCutter pictures() {
        return directory().cutter(vision().config().square(), false);
    }
}
