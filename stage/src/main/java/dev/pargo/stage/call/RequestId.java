package dev.pargo.stage.call;

import dev.pargo.proto.CallHeaders;
import io.grpc.Context;
import io.grpc.Metadata;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Identifies a request in the log lines of all stages, together with its trace. Both are sent in a call's metadata. A call
 * without a valid id gets a new one.
 *
 * @param trace id of the trace; empty if the call belongs to none
 */
public record RequestId(String value, String trace) {

    private static final Pattern PROPER = Pattern.compile("[A-Za-z0-9._:-]{1,128}");
    private static final Context.Key<RequestId> CURRENT = Context.key("request-id");

    // Keys of the logging context.
    private static final String LOG_KEY = "request";
    private static final String TRACE_LOG_KEY = "traceId";

    /** The id of the current call, from gRPC's context. */
    static RequestId current() {
        @Nullable RequestId id = CURRENT.get();
        return id == null ? of(new Metadata()) : id;
    }

    static RequestId of(Metadata headers) {
        @Nullable String header = headers.get(CallHeaders.REQUEST_ID);
        SpanContext client = Span.fromContext(TraceHeaders.read(headers)).getSpanContext();
        return new RequestId(
                header != null && PROPER.matcher(header).matches()
                        ? header
                        : UUID.randomUUID().toString(),
                client.isValid() ? client.getTraceId() : "");
    }

    Context in(Context context) {
        return context.withValue(CURRENT, this);
    }

    /** Adds the ids to this thread's log lines until the result is closed. */
    public Logged log() {
        @Nullable String before = MDC.get(LOG_KEY);
        @Nullable String traceBefore = MDC.get(TRACE_LOG_KEY);
        put(LOG_KEY, value);
        put(TRACE_LOG_KEY, trace);
        return () -> {
            put(LOG_KEY, before);
            put(TRACE_LOG_KEY, traceBefore);
        };
    }

    private static void put(String key, @Nullable String id) {
        if (id == null || id.isEmpty()) {
            MDC.remove(key);
        } else {
            MDC.put(key, id);
        }
    }

    /** Adds the ids to log lines until it is closed. */
    public interface Logged extends AutoCloseable {
        @Override
        void close();
    }
}
