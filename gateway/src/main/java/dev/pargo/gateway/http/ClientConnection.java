package dev.pargo.gateway.http;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.eclipse.jetty.ee11.servlet.ServletContextRequest;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.internal.HttpConnection;
import org.eclipse.jetty.util.BufferUtil;
import org.jspecify.annotations.Nullable;

/**
 * The connection of a request. A server normally notices that a client has disconnected only when it writes. This class
 * checks the socket, so that work can be cancelled before the answer begins.
 *
 * <p>Belongs to the thread that handles the request, after the request's body has been read.
 */
public final class ClientConnection {

    private static final int PEEK_BYTES = 512;

    private final Response response;
    private final @Nullable HttpConnection connection;
    private boolean ended;

    private ClientConnection(Response response, @Nullable HttpConnection connection) {
        this.response = response;
        this.connection = connection;
    }

    public static ClientConnection of(HttpServletRequest request) {
        ServletContextRequest context = ServletContextRequest.getServletContextRequest(request);
        return new ClientConnection(
                context.getServletContextResponse(),
                context.getConnectionMetaData().getConnection() instanceof HttpConnection http ? http : null);
    }

    /**
     * Whether the client has ended its sending. It has either disconnected, or only closed its sending side and waits
     * for the answer; {@link #probe()} tells the difference. False if the client has already sent its next request.
     */
    public boolean sendsNoMore() {
        if (ended || connection == null || !connection.isRequestBufferEmpty()) {
            return ended;
        }
        EndPoint endPoint = connection.getEndPoint();
        ByteBuffer next = BufferUtil.allocate(PEEK_BYTES);
        try {
            int read = endPoint.fill(next);
            if (read > 0) {
                // The beginning of the next request: the connection parses it when this one has been answered.
                connection.onUpgradeTo(next);
            }
            ended = read < 0;
        } catch (IOException reset) {
            ended = true;
        }
        return ended;
    }

    /** Closes the connection, even if the response is incomplete. */
    public void close() {
        if (connection != null) {
            connection.getEndPoint().close();
        }
    }

    /**
     * Writes a comment that clients skip. A client that has disconnected answers the first one with a reset, so that a
     * later one fails.
     *
     * @throws IOException if the client has left
     */
    public void probe() throws IOException {
        if (response.isCommitted()
                || response.getRequest().getConnectionMetaData().getHttpVersion() != HttpVersion.HTTP_1_1) {
            return;
        }
        CompletableFuture<Void> written = response.writeInterim(HttpStatus.PROCESSING_102, HttpFields.EMPTY);
        if (written.isCompletedExceptionally()) {
            throw new IOException("the client has left");
        }
    }
}
