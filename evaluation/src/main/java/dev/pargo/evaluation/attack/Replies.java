package dev.pargo.evaluation.attack;

import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What attackers were answered. Thread-safe. */
final class Replies {

    private static final Pattern INSIDES = Pattern.compile("Exception|\\bat [a-z]+\\.|dev\\.pargo|java\\.|io\\.grpc|"
            + "tools\\.jackson|ai\\.djl|springframework|UNAVAILABLE|INVALID_ARGUMENT|RESOURCE_EXHAUSTED");

    private final Map<String, Integer> counts = new TreeMap<>();
    private final Queue<String> unacceptable = new ConcurrentLinkedQueue<>();

    /** Notes an answer to a request that a client may send: never a fault of the server, nor words about its insides. */
    void add(int status, String body, String request) {
        count(String.valueOf(status));
        if (status == 500
                || status == 502
                || status != 200 && INSIDES.matcher(body).find()) {
            unacceptable.add("status %d, %s, to %s".formatted(status, body, request));
        }
    }

    /** Notes a connection that was closed without an answer. */
    void addClosed() {
        count("closed");
    }

    /** Notes what must not be. */
    void addUnacceptable(String what) {
        unacceptable.add(what);
    }

    /** What must not be; empty if all is well. */
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
