package dev.pargo.stage.call;

import io.grpc.Context;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Names a request in the log lines of all stages. Comes with a call's metadata; a call that brings none, or no proper one,
 * gets one of its own.
 */
public record RequestId(String value) {

    private static final Pattern PROPER = Pattern.compile("[A-Za-z0-9._:-]{1,128}");
    private static final Context.Key<RequestId> CURRENT = Context.key("request-id");

    /** Key of the logging context. */
    private static final String LOG_KEY = "request";

    /** Of the current call, as gRPC's context has it. */
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

    /** Puts the id into the log lines of this thread until the result is closed. */
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

    /** Lines that carry the id, until it is closed. */
    public interface Logged extends AutoCloseable {
        @Override
        void close();
    }
}
