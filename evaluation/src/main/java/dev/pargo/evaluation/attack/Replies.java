package dev.pargo.evaluation.attack;

import io.grpc.Status;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The answers that attackers got. Thread-safe. */
final class Replies {

    private static final Pattern INSIDES = Pattern.compile("Exception|\\bat [a-z]+\\.|dev\\.pargo|java\\.|io\\.grpc|"
            + "tools\\.jackson|ai\\.djl|springframework|UNAVAILABLE|INVALID_ARGUMENT|RESOURCE_EXHAUSTED");

    private final Map<String, Integer> counts = new TreeMap<>();
    private final Queue<String> unacceptable = new ConcurrentLinkedQueue<>();

    /** Records an answer to a valid request. It is unacceptable if it reports a server error or reveals internals. */
    void add(int status, String body, String request) {
        count(String.valueOf(status));
        if (status == 500
                || status == 502
                || status != 200 && INSIDES.matcher(body).find()) {
            unacceptable.add("status %d, %s, to %s".formatted(status, body, request));
        }
    }

    /** Records how a gRPC call ended. It is unacceptable if the code is none of the expected ones. */
    void add(Status status, Set<Status.Code> expected, String stage) {
        count(status.getCode().name());
        String description = status.getDescription() == null ? "" : status.getDescription();
        if (!expected.contains(status.getCode()) || INSIDES.matcher(description).find()) {
            unacceptable.add("%s, '%s', from %s".formatted(status.getCode(), description, stage));
        }
    }

    /** Records a connection that was closed without an answer. */
    void addClosed() {
        count("closed");
    }

    /** Records something unacceptable. */
    void addUnacceptable(String what) {
        unacceptable.add(what);
    }

    /** What was unacceptable; empty if nothing was. */
    Queue<String> unacceptable() {
        return unacceptable;
    }

    /** How many answers of each status there were. */
    @Override
    public synchronized String toString() {
        return counts.entrySet().stream()
                .map(entry -> "%s: %d".formatted(entry.getKey(), entry.getValue()))
                .collect(Collectors.joining(", "));
    }

    private synchronized void count(String what) {
        counts.merge(what, 1, Integer::sum);
    }
}
