package dev.pargo.gateway.access;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Names by which a gateway without keys may be called. A page of another site can make a browser resolve that site's
 * name to this machine (DNS rebinding); its requests still carry the name. Addresses cannot be rebound.
 */
record AllowedHosts(List<String> names) {

    private static final Pattern ADDRESS =
            Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}|\\[?[0-9a-fA-F:.]*:[0-9a-fA-F:.]*]?");

    /** @param host without port; null or empty for a client that names none, which no browser does */
    boolean allow(@Nullable String host) {
        if (host == null || host.isEmpty()) {
            return true;
        }
        String name = host.toLowerCase(Locale.ROOT);
        return name.equals("localhost")
                || name.endsWith(".localhost")
                || ADDRESS.matcher(name).matches()
                || names.stream().anyMatch(name::equalsIgnoreCase);
    }
}
