package dev.pargo.gateway.trace;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapSetter;
import org.springframework.grpc.client.GlobalClientInterceptor;
import org.springframework.stereotype.Component;

/**
 * Creates a span for each call to a stage for a request, and sends W3C's headers, so that the stage continues the
 * trace. The gateway's own calls, such as health checks, are not traced.
 */
@Component
@GlobalClientInterceptor
final class CallSpans implements ClientInterceptor {

    private static final TextMapSetter<Metadata> HEADERS = (metadata, name, value) -> {
        if (metadata != null) {
            metadata.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value);
        }
    };

    private final Tracer tracer;

    CallSpans(Tracer tracer) {
        this.tracer = tracer;
    }

    @Override
    public <Q, R> ClientCall<Q, R> interceptCall(MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
        ClientCall<Q, R> call = next.newCall(method, options);
        Context request = Context.current();
        return Span.fromContext(request).getSpanContext().isValid()
                ? new SpannedCall<>(call, method.getFullMethodName(), request)
                : call;
    }

    private final class SpannedCall<Q, R> extends SimpleForwardingClientCall<Q, R> {

        private final String method;
        private final Context request;

        SpannedCall(ClientCall<Q, R> call, String method, Context request) {
            super(call);
            this.method = method;
            this.request = request;
        }

        @Override
        public void start(Listener<R> listener, Metadata headers) {
            Span span = tracer.spanBuilder(method)
                    .setParent(request)
                    .setSpanKind(SpanKind.CLIENT)
                    .setAttribute("rpc.system", "grpc")
                    .setAttribute("rpc.method", method)
                    .startSpan();
            W3CTraceContextPropagator.getInstance().inject(request.with(span), headers, HEADERS);
            super.start(
                    new SimpleForwardingClientCallListener<>(listener) {
                        @Override
                        public void onClose(Status status, Metadata trailers) {
                            end(span, status);
                            super.onClose(status, trailers);
                        }
                    },
                    headers);
        }

        private void end(Span span, Status status) {
            if (!status.isOk()) {
                span.setStatus(StatusCode.ERROR);
                span.setAttribute("error.type", status.getCode().name());
            }
            span.end();
        }
    }
}
