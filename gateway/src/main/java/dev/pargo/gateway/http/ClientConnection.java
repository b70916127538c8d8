package dev.pargo.gateway.http;

import jakarta.servlet.http.HttpServletRequest;
import java.nio.ByteBuffer;
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
        if (!(request.getInputBuffer() instanceof Http11InputBuffer input)) {
            return false;
        }
        ByteBuffer buffer = input.getByteBuffer();
        if (buffer.hasRemaining()) {
            return false;
        }
        byte[] read = new byte[buffer.limit()];
        buffer.get(0, read);
        request.action(ActionCode.AVAILABLE, Boolean.TRUE);
        if (buffer.hasRemaining() || buffer.position() != read.length) {
            restore(input, read);
        }
        // The end of the stream is reported as one byte that is not there.
        return request.getAvailable() > 0 && input.available() == 0;
    }

    /**
     * Puts what has just come behind what was there before. Tomcat reads over its buffer, which may end with bytes of
     * the next request that came together with the body; it counts back to them when this request ends.
     */
    private static void restore(Http11InputBuffer input, byte[] before) {
        ByteBuffer buffer = input.getByteBuffer();
        byte[] after = new byte[buffer.remaining()];
        buffer.get(after);
        if (buffer.capacity() < before.length + after.length) {
            buffer = ByteBuffer.allocate(before.length + after.length);
            input.setByteBuffer(buffer);
        }
        buffer.clear().put(before).put(after).flip().position(before.length);
    }
}
