package dev.pargo.gateway.picture;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.pargo.gateway.error.GatewayException;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.Locale;

/**
 * A picture in base64. The base64 may be URL-safe, wrapped, without padding or percent-encoded. The media type may be
 * missing, because the format is recognised from the file.
 *
 * @param param path of the field, for error messages
 */
record DataUrl(String url, String param) {

    private static final String DATA = "data:";
    private static final String BASE64 = ";base64";
    private static final int LONGEST_HEAD = 256;

    /**
     * Checks the form of the URL; its bytes are not decoded yet.
     *
     * @throws GatewayException INVALID_REQUEST if it is not a base64 data URL of an image
     */
    DataUrl {
        String start = url.substring(0, Math.min(url.length(), LONGEST_HEAD)).toLowerCase(Locale.ROOT);
        int comma = start.indexOf(',');
        if (!start.startsWith(DATA) || comma < 0 || !start.substring(0, comma).endsWith(BASE64)) {
            throw GatewayException.invalid(
                    param,
                    "invalid_image_url",
                    param + " must be a data URL (data:image/png;base64,...) or an https URL");
        }
        String type = start.substring(DATA.length(), start.indexOf(';'));
        if (!type.isEmpty() && !type.startsWith("image/")) {
            throw GatewayException.invalid(
                    param, "invalid_image_url", param + ": the media type of the data URL must be image/...");
        }
    }

    /**
     * The image file's bytes.
     *
     * @param maxBytes largest file; checked before it is decoded
     * @throws GatewayException TOO_LARGE, or INVALID_REQUEST if the base64 is damaged
     */
    byte[] decode(long maxBytes) {
        byte[] text = url.getBytes(ISO_8859_1);
        int digits = digits(text, url.indexOf(',') + 1);
        if (digits == 0) {
            throw GatewayException.invalid(param, "invalid_image", param + " has no bytes");
        }
        long bytes = digits * 3L / 4;
        if (bytes > maxBytes) {
            throw GatewayException.tooLarge(
                    param, "image_too_large", "%s has %d bytes, the limit is %d".formatted(param, bytes, maxBytes));
        }
        try {
            return Base64.getDecoder().decode(ByteBuffer.wrap(text, 0, digits)).array();
        } catch (IllegalArgumentException damaged) {
            throw damaged();
        }
    }

    /** Moves the digits to the front of the text, as digits of plain base64. */
    private int digits(byte[] text, int from) {
        int digits = 0;
        boolean ended = false;
        for (int i = from; i < text.length; i++) {
            int next = text[i];
            if (next == '%') {
                next = escaped(i);
                i += 2;
            }
            switch (next) {
                case ' ', '\t', '\r', '\n' -> {}
                case '=' -> ended = true;
                default -> {
                    if (ended) {
                        throw damaged();
                    }
                    text[digits++] = (byte) (next == '-' ? '+' : next == '_' ? '/' : next);
                }
            }
        }
        return digits;
    }

    private int escaped(int at) {
        try {
            return Integer.parseInt(url, at + 1, at + 3, 16);
        } catch (NumberFormatException | IndexOutOfBoundsException wrong) {
            throw damaged();
        }
    }

    private GatewayException damaged() {
        return GatewayException.invalid(param, "invalid_base64", param + " is not valid base64");
    }
}
