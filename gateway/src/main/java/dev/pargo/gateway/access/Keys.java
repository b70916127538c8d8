package dev.pargo.gateway.access;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * The configured API keys. Their file is read again at the first request that arrives at least a second after the last
 * reading. If it cannot be used, the keys do not change. An unchanged key keeps the state of its limits. Thread-safe.
 */
@Component
final class Keys {

    private static final Logger log = LoggerFactory.getLogger(Keys.class);

    private static final long CHECK_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long MAX_FILE_BYTES = 1 << 20;

    private final String fixed;
    private final @Nullable Path file;
    private final MeterRegistry metrics;
    private final AtomicLong checked = new AtomicLong(System.nanoTime());
    private volatile String read;
    private volatile List<Caller> callers = List.of();

    /** @throws IllegalArgumentException if the keys or their file cannot be read */
    Keys(AccessProperties properties, MeterRegistry metrics) {
        this.fixed = properties.keys();
        this.file = properties.file().orElse(null);
        this.metrics = metrics;
        this.read = readFile();
        this.callers = parse(read);
    }

    /** Finds the caller of a key. Compares with all keys, so that the time does not depend on the matching key. */
    Optional<Caller> find(String key) {
        refresh();
        byte[] hash = sha256(key);
        @Nullable Caller found = null;
        for (Caller caller : callers) {
            if (caller.hasHash(hash)) {
                found = caller;
            }
        }
        return Optional.ofNullable(found);
    }

    int size() {
        return callers.size();
    }

    private void refresh() {
        long last = checked.get();
        long now = System.nanoTime();
        if (file == null || now - last < CHECK_NANOS || !checked.compareAndSet(last, now)) {
            return;
        }
        try {
            String text = readFile();
            if (!text.equals(read)) {
                read = text;
                callers = parse(text);
                log.info("The API keys have been read again: there are {}", size());
            }
        } catch (IllegalArgumentException e) {
            log.error("The new API keys cannot be used, the old ones stay: {}", e.getMessage());
        }
    }

    private List<Caller> parse(String text) {
        List<ApiKey> keys = ApiKey.parse(fixed + "\n" + text, "API keys");
        Map<ApiKey, Caller> known = callers.stream().collect(Collectors.toMap(Caller::key, Function.identity()));
        return keys.stream()
                .map(key -> known.containsKey(key) ? known.get(key) : new Caller(key, metrics))
                .toList();
    }

    private String readFile() {
        if (file == null) {
            return "";
        }
        try {
            if (Files.size(file) > MAX_FILE_BYTES) {
                throw new IllegalArgumentException("The file of API keys is larger than 1 MiB: " + file);
            }
            return Files.readString(file);
        } catch (IOException e) {
            throw new IllegalArgumentException("The file of API keys cannot be read: " + file, e);
        }
    }

    private static byte[] sha256(String key) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
