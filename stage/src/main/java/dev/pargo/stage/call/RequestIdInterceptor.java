package dev.pargo.stage.call;

import dev.pargo.proto.CallHeaders;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;

/** Reads a call's request id from its metadata. */
public final class RequestIdInterceptor implements ServerInterceptor {

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        RequestId id = RequestId.ofHeader(headers.get(CallHeaders.REQUEST_ID));
        return Contexts.interceptCall(id.in(Context.current()), call, headers, next);
    }
}
