package dev.pargo.gateway.picture;

import dev.pargo.gateway.error.GatewayException;

/**
 * Thrown if a picture cannot be fetched. The message is for the client and reveals nothing about the gateway's network.
 */
final class FetchException extends Exception {

    private static final String TOO_LARGE = "image_too_large";

    private final String code;

    private FetchException(String code, String reason) {
        super(reason, null, false, false);
        this.code = code;
    }

    /** The URL is of a kind that is not fetched. */
    static FetchException invalid(String reason) {
        return new FetchException("invalid_image_url", reason);
    }

    /** The URL is valid, but the settings of the gateway do not allow it. */
    static FetchException notAllowed(String reason) {
        return new FetchException("image_url_not_allowed", reason);
    }

    /** The host is unknown or in a private network. The message does not tell which. */
    static FetchException notPublic() {
        return new FetchException("image_url_not_public", "the host of the URL has no public address");
    }

    /** The server did not send the picture. */
    static FetchException failed(String reason) {
        return new FetchException("image_fetch_failed", reason);
    }

    /** The file is larger than a limit. */
    static FetchException tooLarge(long maxBytes) {
        return new FetchException(TOO_LARGE, "the file is larger than the limit of %d bytes".formatted(maxBytes));
    }

    /** The server's answer is not a picture. */
    static FetchException notAPicture() {
        return new FetchException("invalid_image", "the URL gives no PNG, JPEG, WebP, GIF or BMP");
    }

    /** The same about the target of a redirect. */
    FetchException ofRedirect() {
        return new FetchException(code, "the server redirects, but " + getMessage());
    }

    /** @param param path of the field with the URL */
    GatewayException toClient(String param) {
        String message = param + ": " + getMessage();
        return code.equals(TOO_LARGE)
                ? GatewayException.tooLarge(param, code, message)
                : GatewayException.invalid(param, code, message);
    }
}
