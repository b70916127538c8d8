package dev.pargo.gateway.replica;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.time.Duration;

/**
 * Measures how long a replica has sent nothing although an answer is due. Any message from it, on any call, ends the
 * silence. So a replica that answers calls is not silent, even if its health checks are late.
 *
 * <p>Silence is counted in ticks of the watch instead of read from a clock: a pause of the gateway itself, of any
 * length, is one tick. Thread-safe; {@link #tick} belongs to one thread.
 */
final class Silence implements ClientInterceptor {

    static final Duration TICK = Duration.ofMillis(250);

    private final ClientStreamTracer.Factory tracers = new ClientStreamTracer.Factory() {
        @Override
        public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
            return new Listener();
        }
    };
    private volatile boolean heard;
    private volatile int ticks;

    /** Counts a tick if nothing has arrived since the last one. */
    void tick(boolean answerIsDue) {
        if (heard) {
            heard = false;
        } else if (answerIsDue) {
            ticks++;
        }
    }

    Duration length() {
        return TICK.multipliedBy(ticks);
    }

    /** Ends the silence. */
    void end() {
        heard = true;
        ticks = 0;
    }

    /** Listens to a channel's calls. */
    @Override
    public <Q, R> ClientCall<Q, R> interceptCall(MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
        return next.newCall(method, options.withStreamTracerFactory(tracers));
    }

    /** Listens to the messages of one call, on the transport's thread. */
    private final class Listener extends ClientStreamTracer {

        @Override
        public void inboundHeaders() {
            end();
        }

        @Override
        public void inboundWireSize(long bytes) {
            end();
        }

        @Override
        public void inboundTrailers(Metadata trailers) {
            end();
        }
    }
}
