package dev.pargo.encoder;

import dev.pargo.models.picture.PicturePixels;
import dev.pargo.models.picture.PictureRows;
import dev.pargo.models.vision.VisionConfig;
import dev.pargo.models.vision.VisionEncoder;
import dev.pargo.proto.v1.DataType;
import java.util.List;

/** The network on this process's device. */
record LocalNetwork(VisionEncoder encoder, DataType dtype) implements FeatureNetwork {

    @Override
    public VisionConfig config() {
        return encoder.config();
    }

    @Override
    public List<PictureRows> encode(List<PicturePixels> pictures) {
        return encoder.encodePictures(pictures);
    }
}
