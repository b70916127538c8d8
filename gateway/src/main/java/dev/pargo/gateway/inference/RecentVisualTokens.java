package dev.pargo.gateway.inference;

import java.util.Iterator;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Keeps visual tokens within a number of bytes. The least recently used go first, strictly: a picture is asked about
 * several times in a row and then never again, so a cache that admits by frequency, as Caffeine does, turns away the very
 * picture of the next question. Thread-safe; its lock is held for a look into a map.
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

    /** Keeps tokens as the most recently used ones, if there is room for them at all. */
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

    /** What is kept now. */
    synchronized long bytes() {
        return bytes;
    }
}
