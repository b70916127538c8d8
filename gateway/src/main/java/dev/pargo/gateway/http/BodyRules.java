package dev.pargo.gateway.http;

import java.time.Duration;
import java.util.function.Predicate;
import org.eclipse.jetty.server.Request;

/**
 * What a server does with the bodies of requests.
 *
 * @param wanted    whether a request's route reads a body; all other bodies are discarded
 * @param maxBytes  largest body, as it is sent
 * @param timeLimit from the end of the headers to the last byte of the body
 * @param window    how long a body may lag behind {@code leastRate}
 * @param leastRate in bytes a second, measured over every window
 */
record BodyRules(Predicate<Request> wanted, long maxBytes, Duration timeLimit, Duration window, long leastRate) {

    /**
     * Most bytes that are read only so that the client can finish sending and then sees its answer. A refused upload may be
     * eight times as large as an accepted one; what nobody asked for may have 64 KiB.
     */
    long maxDiscarded(Request request) {
        return wanted.test(request) ? 8 * maxBytes : 64 * 1024;
    }
}
