package dev.pargo.encoder;

import dev.pargo.models.image.file.ImageLimits;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Limits of images.
 *
 * @param maxBytes         Largest image file.
 * @param maxPixels        Largest width times height.
 * @param maxWaitingPixels Most pixels of all large images that wait for decoding. A pixel counts once for each scan or
 *                         pass of the file.
 */
@ConfigurationProperties("pargo.image")
record ImageProperties(
        @DefaultValue("20MB") DataSize maxBytes,
        @DefaultValue("50000000") long maxPixels,
        @DefaultValue("2000000000") long maxWaitingPixels) {

    ImageLimits limits() {
        return new ImageLimits(maxBytes.toBytes(), maxPixels);
    }
}
