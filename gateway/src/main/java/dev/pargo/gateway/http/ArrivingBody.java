package dev.pargo.gateway.http;

import dev.pargo.gateway.error.ClientGoneException;
import dev.pargo.gateway.error.GatewayException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * One arriving body. It is read as its bytes arrive, without a waiting thread. When it is complete or refused, the
 * request is passed to the next handler. A refused body is discarded within bounds, so that the client sees the answer
 * and can continue to use the connection.
 *
 * <p>Runs by demand: never on two threads at once.
 */
final class ArrivingBody implements Runnable {

    private final BodyRules rules;
    private final Handler next;
    private final Request request;
    private final Response response;
    private final Callback callback;
    private final BodyBuffer bytes = new BodyBuffer();
    private final BodyMemory memory;
    private final BodyMemory.Share share;
    private final long arrival;
    private volatile long received;
    private volatile boolean ended;
    private boolean keeping;
    private boolean watched;
    private @Nullable RuntimeException refusal;

    ArrivingBody(
            BodyRules rules, BodyMemory memory, Handler next, Request request, Response response, Callback callback) {
        this.rules = rules;
        this.next = next;
        this.request = request;
        this.response = response;
        this.callback = callback;
        this.arrival = request.getHeadersNanoTime();
        this.memory = memory;
        this.share = memory.open(() -> fail(busy()));
        this.keeping = rules.wanted().test(request);
        if (keeping && request.getLength() > rules.maxBytes()) {
            refuse(tooLarge());
        }
    }

    /**
     * Whether to refuse the body without reading it: the client announces too much, or waits for permission to send it.
     */
    boolean isHopeless() {
        return request.getLength() > rules.maxDiscarded(request)
                || refusal != null
                        && request.getHeaders().contains(HttpHeader.EXPECT, HttpHeaderValue.CONTINUE.asString());
    }

    /** Passes the request on with the bytes read so far. The connection is closed after the answer. */
    void giveUp() {
        response.getHeaders().put(HttpHeader.CONNECTION, HttpHeaderValue.CLOSE);
        handOver();
    }

    /** Reads the available bytes; called again when more arrive. */
    @Override
    public void run() {
        while (true) {
            Content.@Nullable Chunk chunk = request.read();
            if (chunk == null) {
                watch();
                request.demand(this);
                return;
            }
            if (Content.Chunk.isFailure(chunk)) {
                refuse(reason(chunk.getFailure()));
                giveUp();
                return;
            }
            take(chunk.getByteBuffer());
            boolean last = chunk.isLast();
            chunk.release();
            if (last) {
                handOver();
                return;
            }
            if (!keeping && received > rules.maxDiscarded(request)) {
                giveUp();
                return;
            }
        }
    }

    private void take(ByteBuffer more) {
        received += more.remaining();
        if (!keeping) {
            return;
        }
        int growth = bytes.growth(more.remaining());
        if (received > rules.maxBytes()) {
            refuse(tooLarge());
        } else if (growth > 0 && !share.grow(growth)) {
            refuse(busy());
        } else {
            bytes.add(more);
        }
    }

    private void refuse(RuntimeException reason) {
        if (refusal == null) {
            refusal = reason;
        }
        keeping = false;
        bytes.clear();
        share.close();
    }

    private void handOver() {
        synchronized (this) {
            ended = true;
        }
        if (!share.complete() && refusal == null) {
            refuse(busy());
        }
        // A handler that compresses answers removes this header.
        String encoding = request.getHeaders().get(HttpHeader.CONTENT_ENCODING);
        RequestBody body = new RequestBody(bytes, memory, share, refusal, encoding, arrival, rules.maxBytes());
        request.setAttribute(RequestBody.ATTRIBUTE, body);
        Request.addCompletionListener(request, failure -> body.close());
        try {
            if (!next.handle(request, response, callback)) {
                Response.writeError(request, response, callback, 404);
            }
        } catch (Throwable failure) {
            Response.writeError(request, response, callback, failure);
        }
    }

    /** Checks from time to time whether the body still arrives at the least rate. */
    private void watch() {
        if (!watched) {
            watched = true;
            check(received);
        }
    }

    private void check(long before) {
        Scheduler scheduler = request.getComponents().getScheduler();
        long window = rules.window().toMillis();
        scheduler.schedule(
                () -> {
                    long now = received;
                    boolean slow = (now - before) * 1000 < rules.leastRate() * window;
                    boolean late =
                            System.nanoTime() - arrival > rules.timeLimit().toNanos();
                    if (slow || late) {
                        fail(late ? late(rules.timeLimit()) : slow());
                    } else if (!ended) {
                        check(now);
                    }
                },
                window,
                TimeUnit.MILLISECONDS);
    }

    /** Ends the reading from outside. No effect if it has ended. */
    private synchronized void fail(GatewayException reason) {
        if (!ended) {
            request.fail(new BodyRefusedException(reason));
        }
    }

    private static RuntimeException reason(Throwable failure) {
        if (failure instanceof BodyRefusedException refused) {
            return refused.reason;
        }
        if (failure instanceof TimeoutException) {
            return GatewayException.timeout("The request body did not arrive in time");
        }
        return failure instanceof HttpException
                ? GatewayException.invalid(null, "invalid_body", "The request body is not valid HTTP")
                : new ClientGoneException();
    }

    private GatewayException tooLarge() {
        return GatewayException.tooLarge(
                null,
                "body_too_large",
                "The request body is larger than the limit of %d bytes".formatted(rules.maxBytes()));
    }

    private GatewayException slow() {
        return GatewayException.timeout("The request body arrives too slowly: it must bring at least %d bytes a second"
                .formatted(rules.leastRate()));
    }

    private static GatewayException late(Duration limit) {
        return GatewayException.timeout("The request body did not arrive within %d s".formatted(limit.toSeconds()));
    }

    static GatewayException busy() {
        return GatewayException.busy("The gateway has no memory for more request bodies", Duration.ofSeconds(1));
    }

    /** Ends the reading of a body from outside. */
    private static final class BodyRefusedException extends Exception {

        private final GatewayException reason;

        BodyRefusedException(GatewayException reason) {
            super(reason.getMessage(), null, false, false);
            this.reason = reason;
        }
    }
}
