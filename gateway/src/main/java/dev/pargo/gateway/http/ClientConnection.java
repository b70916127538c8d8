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
 * The connection a request came in on. A server learns that a client has left only by writing to it; this looks at the
 * socket, so that work can be cancelled before there is anything to write.
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
     * Whether the client sends nothing more. Either it has left, or it has only shut down its sending side and waits for
     * the answer: {@link #probe()} tells the difference. A client that has sent its next request already sends more.
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

    /** Closes the connection, whatever the response lacks. */
    public void close() {
        if (connection != null) {
            connection.getEndPoint().close();
        }
    }

    /**
     * Writes a sign of life that clients skip. A client that has left resets the connection at the first, which makes a
     * later one fail.
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
