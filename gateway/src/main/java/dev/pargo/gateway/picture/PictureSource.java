package dev.pargo.gateway.picture;

import dev.pargo.gateway.error.GatewayException;
import org.jspecify.annotations.Nullable;

/**
 * The location of a picture in a request: a data URL, a URL of the web, or only a uuid of a picture that the gateway
 * has received before.
 *
 * @param url   null if there is a uuid only
 * @param uuid  the client's name for the picture; null for none
 * @param param path of the field, for error messages
 */
public record PictureSource(@Nullable String url, @Nullable String uuid, String param) {

    /**
     * Checks the form of a data URL; its bytes are not decoded yet.
     *
     * @throws GatewayException INVALID_REQUEST if it is not a base64 data URL of an image
     */
    public PictureSource {
        if (url == null && uuid == null) {
            throw new IllegalArgumentException("neither a URL nor a uuid");
        }
        if (url != null && !WebUrl.isMeantBy(url)) {
            new DataUrl(url, param);
        }
    }

    /** There are more pictures than a limit. */
    public static GatewayException tooMany(String param, int limit) {
        return GatewayException.invalid(
                param, "too_many_images", "%s: a request may have at most %d images".formatted(param, limit));
    }

    boolean isFetched() {
        return url != null && WebUrl.isMeantBy(url);
    }
}
