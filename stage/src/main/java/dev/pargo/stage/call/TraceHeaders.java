package dev.pargo.stage.call;

import io.grpc.Metadata;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import org.jspecify.annotations.Nullable;

/** W3C's trace context in the metadata of a call. */
final class TraceHeaders implements TextMapGetter<Metadata> {

    private static final TraceHeaders GETTER = new TraceHeaders();

    private TraceHeaders() {}

    /** The client's span; an empty context if there is none. */
    static Context read(Metadata headers) {
        return W3CTraceContextPropagator.getInstance().extract(Context.root(), headers, GETTER);
    }

    @Override
    public Iterable<String> keys(Metadata headers) {
        return headers.keys();
    }

    @Override
    public @Nullable String get(@Nullable Metadata headers, String name) {
        return headers == null ? null : headers.get(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER));
    }
}
