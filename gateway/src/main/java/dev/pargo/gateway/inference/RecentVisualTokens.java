package dev.pargo.gateway.inference;

import java.util.Iterator;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Keeps visual tokens within a number of bytes. The least recently used tokens are removed first. A picture is asked
 * about several times in a row and then never again, so a cache that admits by frequency, such as Caffeine, would
 * reject the picture of the next question. Thread-safe; its lock is held only for a lookup in a map.
 */
final class RecentVisualTokens {

    private final long capacity;
    private final LinkedHashMap<ImageKey, VisualTokens> byUse = new LinkedHashMap<>(16, 0.75f, true);
    private long bytes;

    RecentVisualTokens(long capacity) {
        this.capacity = capacity;
    }

    synchronized @Nullable VisualTokens get(ImageKey key) {
        return byUse.get(key);
    }

    /** Keeps tokens as the most recently used ones, unless they are larger than the whole cache. */
    synchronized void put(ImageKey key, VisualTokens tokens) {
        if (tokens.bytes() > capacity) {
            return;
        }
        @Nullable VisualTokens before = byUse.put(key, tokens);
        bytes += tokens.bytes() - (before == null ? 0 : before.bytes());
        Iterator<VisualTokens> leastRecent = byUse.values().iterator();
        while (bytes > capacity) {
            bytes -= leastRecent.next().bytes();
            leastRecent.remove();
        }
    }

    /** Number of bytes that are kept. */
    synchronized long bytes() {
        return bytes;
    }
}
