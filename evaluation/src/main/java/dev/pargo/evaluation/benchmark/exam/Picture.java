package dev.pargo.evaluation.benchmark.exam;

import dev.pargo.evaluation.client.PictureDataUrl;
import java.io.IOException;
import java.nio.file.Path;

/** A picture that is read when it is needed. */
@FunctionalInterface
public interface Picture {

    /** The picture as a data URL. */
    String dataUrl() throws IOException;

    static Picture of(Path file) {
        return () -> PictureDataUrl.of(file);
    }
}
