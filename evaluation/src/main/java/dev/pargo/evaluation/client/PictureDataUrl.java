package dev.pargo.evaluation.client;

import java.io.IOException;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;

/** Pictures as data URLs. */
public final class PictureDataUrl {

    private PictureDataUrl() {}

    /** A picture file. */
    public static String of(Path image) throws IOException {
        String type = Optional.ofNullable(URLConnection.guessContentTypeFromName(
                        image.getFileName().toString()))
                .orElse("image/png");
        return of(Files.readAllBytes(image), type);
    }

    /** The bytes of a picture file, of a media type such as {@code image/png}. */
    public static String of(byte[] image, String type) {
        return ofBase64(Base64.getEncoder().encodeToString(image), type);
    }

    /** The bytes of a picture file in base64. */
    public static String ofBase64(String image, String type) {
        return "data:%s;base64,%s".formatted(type, image);
    }
}
