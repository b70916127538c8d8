package dev.pargo.models.weights;

import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * Thrown if weights cannot be used. The message is for the operator: one line that names the file and the problem. It
 * may quote the file, so its length is bounded and control characters are removed.
 */
public final class CheckpointException extends RuntimeException {

    private static final int MAX_LENGTH = 8000;
    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

    public CheckpointException(String message) {
        super(line(message));
    }

    CheckpointException(Path file, String problem) {
        super(line(file + ": " + problem));
    }

    CheckpointException(Path file, String problem, Throwable cause) {
        super(line(file + ": " + problem), cause);
    }

    private static String line(String message) {
        String bounded = message.length() > MAX_LENGTH ? message.substring(0, MAX_LENGTH) + "…" : message;
        return CONTROL.matcher(bounded).replaceAll("?");
    }
}
