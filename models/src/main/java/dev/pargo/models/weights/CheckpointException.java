package dev.pargo.models.weights;

import java.nio.file.Path;

/** Weights cannot be used. The message is for the operator: it names the file and what is wrong with it. */
public final class CheckpointException extends RuntimeException {

    public CheckpointException(String message) {
        super(message);
    }

    CheckpointException(Path file, String problem) {
        super(file + ": " + problem);
    }

    CheckpointException(Path file, String problem, Throwable cause) {
        super(file + ": " + problem, cause);
    }
}
