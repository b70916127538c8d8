package dev.pargo.encoder;

import dev.pargo.models.image.ImageLimits;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * What an image may cost.
 *
 * @param maxBytes  Largest image file.
 * @param maxPixels Largest width times height.
 */
@ConfigurationProperties("pargo.image")
record ImageProperties(
        @DefaultValue("20MB") DataSize maxBytes,
        @DefaultValue("50000000") long maxPixels) {

    ImageLimits limits() {
        return new ImageLimits(maxBytes.toBytes(), maxPixels);
    }
}
