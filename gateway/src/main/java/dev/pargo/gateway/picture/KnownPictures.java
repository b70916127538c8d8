package dev.pargo.gateway.picture;

import com.google.protobuf.ByteString;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Remembers which files clients have sent under which uuids, as hashes; each API key has separate uuids. The least
 * recently used uuids are forgotten first. Thread-safe.
 */
final class KnownPictures {

    private static final int MOST = 20_000;

    private final Map<Name, ByteString> files = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Name, ByteString> eldest) {
            return size() > MOST;
        }
    };

    synchronized void remember(String key, String uuid, ByteString sha256) {
        files.put(new Name(key, uuid), sha256);
    }

    synchronized @Nullable ByteString find(String key, String uuid) {
        return files.get(new Name(key, uuid));
    }

    private record Name(String key, String uuid) {}
}
