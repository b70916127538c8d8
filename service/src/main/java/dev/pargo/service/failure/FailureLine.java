package dev.pargo.service.failure;

import java.util.List;

/** Failures in one line. */
public final class FailureLine {

    private FailureLine() {}

    /** The failure's text. Of a longer one, such as a traceback of TorchScript, the first and the last line. */
    public static String of(Throwable failure) {
        List<String> lines =
                failure.toString().lines().filter(line -> !line.isBlank()).toList();
        String last = lines.get(lines.size() - 1);
        return lines.size() == 1 ? last : lines.get(0) + " " + last.strip();
    }
}
