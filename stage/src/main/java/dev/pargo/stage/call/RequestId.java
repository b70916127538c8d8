package dev.pargo.stage.call;

import io.grpc.Context;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Identifies a request in the log lines of all stages. It is sent in a call's metadata. A call without a valid id gets
 * a new one.
 */
public record RequestId(String value) {

    private static final Pattern PROPER = Pattern.compile("[A-Za-z0-9._:-]{1,128}");
    private static final Context.Key<RequestId> CURRENT = Context.key("request-id");

    /** Key of the logging context. */
    private static final String LOG_KEY = "request";

    /** The id of the current call, from gRPC's context. */
    static RequestId current() {
        @Nullable RequestId id = CURRENT.get();
        return id == null ? ofHeader(null) : id;
    }

    static RequestId ofHeader(@Nullable String header) {
        return new RequestId(
                header != null && PROPER.matcher(header).matches()
                        ? header
                        : UUID.randomUUID().toString());
    }

    Context in(Context context) {
        return context.withValue(CURRENT, this);
    }

    /** Adds the id to this thread's log lines until the result is closed. */
    public Logged log() {
        @Nullable String before = MDC.get(LOG_KEY);
        MDC.put(LOG_KEY, value);
        return () -> {
            if (before == null) {
                MDC.remove(LOG_KEY);
            } else {
                MDC.put(LOG_KEY, before);
            }
        };
    }

    /** Adds the id to log lines until it is closed. */
    public interface Logged extends AutoCloseable {
        @Override
        void close();
    }
}
