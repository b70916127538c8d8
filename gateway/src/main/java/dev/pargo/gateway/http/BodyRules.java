package dev.pargo.gateway.http;

import java.time.Duration;
import java.util.function.Predicate;
import org.eclipse.jetty.server.Request;

/**
 * A server's rules for the bodies of requests.
 *
 * @param wanted    whether a request's route reads a body; all other bodies are discarded
 * @param maxBytes  largest body in bytes, before decompression
 * @param timeLimit from the end of the headers to the last byte of the body
 * @param window    how long a body may lag behind {@code leastRate}
 * @param leastRate least rate in bytes per second, measured over every window
 */
record BodyRules(Predicate<Request> wanted, long maxBytes, Duration timeLimit, Duration window, long leastRate) {

    /**
     * Largest number of bytes that are read and discarded, so that the client can finish sending and then sees its
     * answer: eight times the largest body on routes that read bodies, and 64 KiB on all others.
     */
    long maxDiscarded(Request request) {
        return wanted.test(request) ? 8 * maxBytes : 64 * 1024;
    }
}
