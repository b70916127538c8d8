package dev.pargo.models.memory;

import java.util.Locale;

/** Bytes in words: {@code 27.0 GB}, {@code 310 MB}. */
final class Size {

    private Size() {}

    static String of(long bytes) {
        return bytes < 1_000_000_000
                ? "%d MB".formatted(bytes / 1_000_000)
                : String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
    }
}
