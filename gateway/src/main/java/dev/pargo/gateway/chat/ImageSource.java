package dev.pargo.gateway.chat;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.pargo.gateway.error.GatewayException;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.Locale;

/**
 * An image as a request names it.
 *
 * @param url   a data URL, once it has been checked
 * @param param path of the field, for error messages
 */
record ImageSource(String url, String param) {

    private static final String DATA = "data:";
    private static final String BASE64 = ";base64";

    /**
     * Checks the form of the URL; its bytes are not decoded yet.
     *
     * @throws GatewayException INVALID_REQUEST if it is not a base64 data URL of an image
     */
    ImageSource {
        String start = url.substring(0, Math.min(url.length(), 128)).toLowerCase(Locale.ROOT);
        if (start.startsWith("https:") || start.startsWith("http:")) {
            throw GatewayException.invalid(
                    param,
                    "image_url_not_enabled",
                    param + ": fetching images by URL is not enabled; send a data URL with the image in base64");
        }
        int comma = start.indexOf(',');
        if (!start.startsWith(DATA) || comma < 0 || !start.substring(0, comma).endsWith(BASE64)) {
            throw GatewayException.invalid(
                    param, "invalid_image_url", param + " must be a data URL: data:image/png;base64,...");
        }
        if (!start.startsWith("image/", DATA.length())) {
            throw GatewayException.invalid(
                    param, "invalid_image_url", param + ": the media type of the data URL must be image/...");
        }
    }

    /**
     * The image file's bytes.
     *
     * @param maxBytes largest file; checked before anything is allocated
     * @throws GatewayException TOO_LARGE, or INVALID_REQUEST if the base64 is damaged
     */
    byte[] decode(long maxBytes) {
        int comma = url.indexOf(',');
        int length = url.length() - comma - 1;
        if (length == 0) {
            throw GatewayException.invalid(param, "invalid_image", param + " has no bytes");
        }
        long bytes = length * 3L / 4 - (url.endsWith("==") ? 2 : url.endsWith("=") ? 1 : 0);
        if (bytes > maxBytes) {
            throw GatewayException.tooLarge(
                    param, "image_too_large", "%s has %d bytes, the limit is %d".formatted(param, bytes, maxBytes));
        }
        try {
            // Without a copy of the text: it may have tens of megabytes.
            ByteBuffer base64 = ByteBuffer.wrap(url.getBytes(ISO_8859_1)).position(comma + 1);
            return Base64.getDecoder().decode(base64).array();
        } catch (IllegalArgumentException damaged) {
            throw GatewayException.invalid(param, "invalid_base64", param + " is not valid base64");
        }
    }
}
