package dev.pargo.stage.call;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;

/** Reads a call's request id and client from its metadata. */
public final class CallHeadersInterceptor implements ServerInterceptor {

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        RequestId id = RequestId.of(headers);
        ClientId client = ClientId.of(headers, call.getAttributes());
        return Contexts.interceptCall(client.in(id.in(Context.current())), call, headers, next);
    }
}
