package dev.pargo.stage.call;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;

/** Continues the client's trace if a call belongs to one. Other calls, such as health checks, are not traced. */
public final class TraceInterceptor implements ServerInterceptor {

    private final Tracer tracer;

    public TraceInterceptor(Tracer tracer) {
        this.tracer = tracer;
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        io.opentelemetry.context.Context client = TraceHeaders.read(headers);
        if (!Span.fromContext(client).getSpanContext().isValid()) {
            return next.startCall(call, headers);
        }
        String method = call.getMethodDescriptor().getFullMethodName();
        Span span = tracer.spanBuilder(method)
                .setParent(client)
                .setSpanKind(SpanKind.SERVER)
                .setAttribute("rpc.system", "grpc")
                .setAttribute("rpc.method", method)
                .startSpan();
        if (!span.isRecording()) {
            return next.startCall(call, headers);
        }
        CallTrace trace = new CallTrace(tracer, span);
        ServerCall<Q, R> traced = new SimpleForwardingServerCall<>(call) {
            @Override
            public void close(Status status, Metadata trailers) {
                trace.end(status.isOk() ? null : status.getCode().name());
                super.close(status, trailers);
            }
        };
        Context context = trace.in(Context.current());
        return new SimpleForwardingServerCallListener<>(Contexts.interceptCall(context, traced, headers, next)) {
            @Override
            public void onCancel() {
                trace.end(Status.Code.CANCELLED.name());
                super.onCancel();
            }
        };
    }
}
