package dev.pargo.encoder;

import dev.pargo.models.picture.PicturePixels;
import dev.pargo.models.picture.PictureRows;
import dev.pargo.models.vision.VisionConfig;
import dev.pargo.proto.v1.DataType;
import java.util.List;

/** The network of the stage, wherever it runs. Called by the device's thread only. */
interface FeatureNetwork {

    VisionConfig config();

    /** Type of the features. */
    DataType dtype();

    /** The features of each picture, [cells, width]. */
    List<PictureRows> encode(List<PicturePixels> pictures);
}
