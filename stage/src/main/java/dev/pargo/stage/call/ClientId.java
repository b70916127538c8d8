package dev.pargo.stage.call;

import dev.pargo.proto.CallHeaders;
import io.grpc.Attributes;
import io.grpc.Context;
import io.grpc.Grpc;
import io.grpc.Metadata;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The client that a call is made for. A gateway sends it in a call's metadata; without a valid one, the peer's address
 * is used. Stages share themselves fairly between clients.
 */
public record ClientId(String value) {

    private static final Pattern PROPER = Pattern.compile("[A-Za-z0-9._:-]{1,128}");
    private static final Context.Key<ClientId> CURRENT = Context.key("client");
    private static final ClientId UNKNOWN = new ClientId("unknown");

    /** The client of the current call, from gRPC's context. */
    static ClientId current() {
        @Nullable ClientId client = CURRENT.get();
        return client == null ? UNKNOWN : client;
    }

    static ClientId of(Metadata headers, Attributes connection) {
        @Nullable String header = headers.get(CallHeaders.CLIENT);
        if (header != null && PROPER.matcher(header).matches()) {
            return new ClientId(header);
        }
        @Nullable SocketAddress peer = connection.get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
        return peer instanceof InetSocketAddress internet
                ? new ClientId(internet.getAddress().getHostAddress())
                : UNKNOWN;
    }

    Context in(Context context) {
        return context.withValue(CURRENT, this);
    }
}
