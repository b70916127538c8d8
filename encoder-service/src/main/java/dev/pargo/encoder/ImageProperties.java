package dev.pargo.encoder;

import dev.pargo.models.image.file.ImageLimits;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * What images may cost.
 *
 * @param maxBytes         Largest image file.
 * @param maxPixels        Largest width times height.
 * @param maxWaitingPixels Pixels of large images that may wait for decoding together; a pixel counts as often as the file
 *                         passes over it.
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
