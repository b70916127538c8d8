package dev.pargo.gateway.access;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Who may call the gateway; see {@code docs/security.md}.
 *
 * @param keys     API keys, one on each line or separated by semicolons; blank for none
 * @param keysFile file with more API keys, one on each line; read again when it changes; blank for none
 * @param hosts    names besides {@code localhost} that the Host header may have if no key is configured
 */
@ConfigurationProperties("pargo.access")
record AccessProperties(
        @DefaultValue("") String keys,
        @DefaultValue("") String keysFile,
        @DefaultValue List<String> hosts) {

    /** Whether clients need a key. A file without keys still means that they do. */
    boolean keyed() {
        return !keys.isBlank() || file().isPresent();
    }

    Optional<Path> file() {
        return keysFile.isBlank() ? Optional.empty() : Optional.of(Path.of(keysFile));
    }
}
