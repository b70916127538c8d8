package dev.pargo.gateway.picture;

import dev.pargo.gateway.error.GatewayException;
import dev.pargo.gateway.http.RequestBody;
import java.io.IOException;
import java.io.InputStream;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.InputStreamResponseListener;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.http.HttpStatus;
import org.jspecify.annotations.Nullable;

/**
 * Fetches one picture. One deadline holds from the first lookup to the last byte, and bytes are counted as they arrive.
 * Runs on one thread; interrupting it ends the fetch.
 */
final class Fetch implements Callable<byte[]> {

    private static final int MOST_REDIRECTS = 3;
    private static final int FIRST_BYTES = 16 * 1024;

    private final HttpClient client;
    private final FetchProperties rules;
    private final WebUrl url;
    private final long maxBytes;
    private final RequestBody memory;
    private final long deadline;

    /**
     * Starts the time.
     *
     * @param url      first URL; may redirect
     * @param maxBytes largest file
     * @param memory   counts bytes before they are stored
     */
    Fetch(HttpClient client, FetchProperties rules, WebUrl url, long maxBytes, RequestBody memory) {
        this.client = client;
        this.rules = rules;
        this.url = url;
        this.maxBytes = maxBytes;
        this.memory = memory;
        this.deadline = System.nanoTime() + rules.timeLimit().toNanos();
    }

    /**
     * @throws FetchException   if the picture cannot be fetched
     * @throws GatewayException BUSY if there is no room for it
     */
    @Override
    public byte[] call() throws FetchException, InterruptedException {
        WebUrl next = url;
        for (int redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
            // A tag of its own, so that the client opens a connection for this request, to an address checked for it.
            // It would otherwise share connections by host.
            Request request = client.newRequest(next.uri())
                    .tag(new Object())
                    .timeout(left(), TimeUnit.NANOSECONDS)
                    .headers(headers -> headers.put(HttpHeader.ACCEPT, "image/*")
                            .put(HttpHeader.CONNECTION, HttpHeaderValue.CLOSE));
            try (InputStreamResponseListener answer = new InputStreamResponseListener()) {
                request.send(answer);
                Response head = answer.get(left(), TimeUnit.NANOSECONDS);
                if (head.getStatus() == HttpStatus.OK_200) {
                    return read(head, answer.getInputStream());
                }
                next = next.redirect(location(head), rules);
            } catch (ExecutionException failure) {
                throw reason(failure.getCause());
            } catch (TimeoutException | IOException failure) {
                throw reason(failure);
            } finally {
                // No effect if the answer is complete.
                request.abort(new CancellationException());
            }
        }
        throw FetchException.failed("the server redirects more than %d times".formatted(MOST_REDIRECTS));
    }

    /** Whether the time is up. */
    boolean isLate() {
        return deadline - System.nanoTime() <= 0;
    }

    /** The time is up. */
    FetchException late() {
        return FetchException.failed("fetching took longer than the limit of %d ms"
                .formatted(rules.timeLimit().toMillis()));
    }

    private long left() throws FetchException {
        if (isLate()) {
            throw late();
        }
        return deadline - System.nanoTime();
    }

    private static String location(Response head) throws FetchException {
        @Nullable String location = head.getHeaders().get(HttpHeader.LOCATION);
        return switch (head.getStatus()) {
            case 301, 302, 303, 307, 308 -> {
                if (location == null) {
                    throw FetchException.failed("the server redirects to nowhere");
                }
                yield location;
            }
            default -> throw FetchException.failed("the server answers with status %d".formatted(head.getStatus()));
        };
    }

    private byte[] read(Response head, InputStream in) throws IOException, FetchException {
        long announced = head.getHeaders().getLongField(HttpHeader.CONTENT_LENGTH);
        if (announced > maxBytes) {
            throw FetchException.tooLarge(maxBytes);
        }
        // One byte more than allowed, to notice a file that is too large.
        long most = announced >= 0 ? announced : maxBytes + 1;
        byte[] bytes = new byte[0];
        int size = 0;
        boolean looked = false;
        while (size < most) {
            if (size == bytes.length) {
                bytes = grown(bytes, most);
            }
            int read = in.read(bytes, size, bytes.length - size);
            if (read < 0) {
                break;
            }
            size += read;
            if (!looked && size >= PictureStart.BYTES) {
                looked = true;
                checkStart(bytes, size);
            }
        }
        if (size > maxBytes) {
            throw FetchException.tooLarge(maxBytes);
        }
        if (!looked) {
            checkStart(bytes, size);
        }
        return size == bytes.length ? bytes : Arrays.copyOf(bytes, size);
    }

    private byte[] grown(byte[] bytes, long most) {
        int length = (int) Math.min(most, Math.max(FIRST_BYTES, 2L * bytes.length));
        memory.hold(length - bytes.length);
        return Arrays.copyOf(bytes, length);
    }

    private static void checkStart(byte[] bytes, int size) throws FetchException {
        if (!PictureStart.isAt(bytes, size)) {
            throw FetchException.notAPicture();
        }
    }

    private FetchException reason(Throwable failure) {
        if (failure instanceof UnknownHostException) {
            return FetchException.notPublic();
        }
        boolean timeout = failure instanceof TimeoutException || failure.getCause() instanceof TimeoutException;
        if (timeout || isLate()) {
            return late();
        }
        return FetchException.failed("the server cannot be reached, or does not speak proper HTTP");
    }
}
