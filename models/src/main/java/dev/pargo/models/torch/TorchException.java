package dev.pargo.models.torch;

import ai.djl.engine.EngineException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Thrown if the engine cannot be loaded, or has too little memory for an operation. The message is one line for the
 * operator.
 */
public final class TorchException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** libtorch's messages for a failed malloc, a failed mmap and a full GPU. */
    private static final Pattern NO_MEMORY =
            Pattern.compile("(?i)can't allocate memory|cannot allocate memory|out of memory");

    private static final Pattern BYTES = Pattern.compile("(?i)tried to allocate (\\d+) bytes");

    TorchException(String message, Throwable cause) {
        super(message, cause);
    }

    /** The failure in one line if memory was lacking; empty for any other cause. */
    static Optional<TorchException> ofMemory(EngineException failure) {
        String message = String.valueOf(failure.getMessage());
        if (!NO_MEMORY.matcher(message).find()) {
            return Optional.empty();
        }
        Matcher bytes = BYTES.matcher(message);
        String size = bytes.find() ? "%.1f MB".formatted(Long.parseLong(bytes.group(1)) / 1e6) : "memory";
        return Optional.of(new TorchException(
                "libtorch could not allocate %s: the system, a ulimit or the GPU has no more".formatted(size),
                failure));
    }
}
