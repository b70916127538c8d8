package dev.pargo.encoder;

import dev.pargo.models.config.ConfigException;
import java.net.URI;
import java.net.URISyntaxException;

/** Where a model of another server is found: {@code kserve://host:port/model}. */
record RemoteAddress(String host, int port, String model) {

    /** @throws ConfigException if the text is no such address */
    static RemoteAddress parse(String text) {
        try {
            URI uri = new URI(text);
            String path = uri.getPath() == null ? "" : uri.getPath();
            if ("kserve".equals(uri.getScheme())
                    && uri.getHost() != null
                    && uri.getPort() > 0
                    && path.matches("/[^/]+")
                    && uri.getRawQuery() == null
                    && uri.getRawUserInfo() == null) {
                return new RemoteAddress(uri.getHost(), uri.getPort(), path.substring(1));
            }
        } catch (URISyntaxException malformed) {
            // Reported below.
        }
        throw new ConfigException(
                "pargo.encoder.network is '%s', but must be 'local' or kserve://host:port/model".formatted(text));
    }

    @Override
    public String toString() {
        return "kserve://%s:%d/%s".formatted(host, port, model);
    }
}
