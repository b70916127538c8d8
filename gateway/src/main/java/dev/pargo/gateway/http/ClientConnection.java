package dev.pargo.gateway.http;

import jakarta.servlet.http.HttpServletRequest;
import java.util.function.BooleanSupplier;
import org.apache.coyote.ActionCode;
import org.apache.coyote.Request;
import org.apache.coyote.http11.Http11InputBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The connection a request came in on. A servlet learns of a client that left only by writing to it; this looks at the
 * socket, so that work can be cancelled before there is anything to write.
 *
 * <p>Belongs to the thread that handles the request, and may be asked once the request's body has been read. A client
 * that shuts down its sending side counts as gone. A client that has sent its next request already (pipelining) counts
 * as present.
 */
public final class ClientConnection implements BooleanSupplier {

    static final String ATTRIBUTE = ClientConnection.class.getName();

    private final Request request;

    ClientConnection(Request request) {
        this.request = request;
    }

    /** Whether the client of this request has left; never, if the server cannot tell. */
    public static BooleanSupplier gone(HttpServletRequest request) {
        @Nullable Object connection = request.getAttribute(ATTRIBUTE);
        return connection instanceof ClientConnection known ? known : () -> false;
    }

    /** True if the client has left. Costs one read that does not block. */
    @Override
    public boolean getAsBoolean() {
        // Tomcat tries a read when told to, and reports the end of the stream as one byte that is not in its buffer.
        request.action(ActionCode.AVAILABLE, Boolean.TRUE);
        return request.getAvailable() > 0
                && request.getInputBuffer() instanceof Http11InputBuffer buffer
                && buffer.available() == 0;
    }
}
