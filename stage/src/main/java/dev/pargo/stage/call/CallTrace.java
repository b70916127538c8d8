package dev.pargo.stage.call;

import io.grpc.Context;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import org.jspecify.annotations.Nullable;

/**
 * The trace of one call: a span for the call and, within it, one for each phase. A call is in one phase at a time.
 * Costs almost nothing if traces are not recorded. Thread-safe.
 */
public final class CallTrace {

    private static final Context.Key<CallTrace> CURRENT = Context.key("call-trace");
    private static final CallTrace NONE = new CallTrace(OpenTelemetry.noop().getTracer(""), Span.getInvalid());

    private final Tracer tracer;
    private final Span call;
    private @Nullable Span phase;
    private String name = "";
    private boolean over;

    /** @param call the call's span, which is the parent of the phases */
    CallTrace(Tracer tracer, Span call) {
        this.tracer = tracer;
        this.call = call;
    }

    /** The trace of the current call, from gRPC's context. */
    static CallTrace current() {
        @Nullable CallTrace trace = CURRENT.get();
        return trace == null ? NONE : trace;
    }

    Context in(Context context) {
        return context.withValue(CURRENT, this);
    }

    /** Ends the current phase of the call and begins another; no effect if the call is already in that phase. */
    public void enter(String next) {
        if (!call.isRecording()) {
            return;
        }
        synchronized (this) {
            if (!over && !next.equals(name)) {
                leave();
                name = next;
                phase = tracer.spanBuilder(next)
                        .setParent(io.opentelemetry.context.Context.root().with(call))
                        .startSpan();
            }
        }
    }

    /** Ends the phase that the call is in. */
    public synchronized void leave() {
        if (phase != null) {
            phase.end();
        }
        phase = null;
        name = "";
    }

    /**
     * Ends the call and its phase. Only the first end counts.
     *
     * @param error gRPC's name of the error; null for none
     */
    synchronized void end(@Nullable String error) {
        if (over) {
            return;
        }
        over = true;
        if (error != null) {
            fail(call, error);
            if (phase != null) {
                fail(phase, error);
            }
        }
        leave();
        call.end();
    }

    private static void fail(Span span, String error) {
        span.setStatus(StatusCode.ERROR);
        span.setAttribute("error.type", error);
    }
}
