package dev.pargo.gateway.http;

import dev.pargo.gateway.error.GatewayException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.InputStream;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;

/** The complete body of a request, or the reason why there is none. Belongs to the thread that handles the request. */
public final class RequestBody {

    static final String ATTRIBUTE = RequestBody.class.getName();

    private final BodyBuffer bytes;
    private final BodyMemory memory;
    private final BodyMemory.Share share;
    private final long size;
    private final @Nullable RuntimeException refusal;
    private final @Nullable String encoding;
    private final long arrivalNanos;
    private final long maxBytes;

    RequestBody(
            BodyBuffer bytes,
            BodyMemory memory,
            BodyMemory.Share share,
            @Nullable RuntimeException refusal,
            @Nullable String encoding,
            long arrivalNanos,
            long maxBytes) {
        this.bytes = bytes;
        this.memory = memory;
        this.share = share;
        this.size = bytes.size();
        this.refusal = refusal;
        this.encoding = encoding;
        this.arrivalNanos = arrivalNanos;
        this.maxBytes = maxBytes;
    }

    /** The body of a request to a route that reads bodies. */
    public static RequestBody of(HttpServletRequest request) {
        return (RequestBody) request.getAttribute(ATTRIBUTE);
    }

    /** When the headers of the request had arrived, as {@link System#nanoTime()}. */
    public long arrivalNanos() {
        return arrivalNanos;
    }

    /**
     * Reads the body as JSON text, once, and drops each part after it has been read. Compressed bodies are decompressed
     * while they are read, with the same limit.
     *
     * @throws GatewayException if the body was refused, or its type or encoding is not supported
     * @throws dev.pargo.gateway.error.ClientGoneException if the client left before the body was complete
     */
    public InputStream open(HttpServletRequest request) {
        if (refusal != null) {
            throw refusal;
        }
        requireJson(request.getContentType());
        return ContentCoding.decode(bytes.drain(), encoding, maxBytes);
    }

    /** Many clients send JSON as text, or without a type. */
    private static void requireJson(@Nullable String contentType) {
        if (contentType == null || contentType.isBlank()) {
            return;
        }
        MediaType type;
        try {
            type = MediaType.parseMediaType(contentType);
        } catch (InvalidMediaTypeException malformed) {
            throw GatewayException.unsupportedMediaType("The content type must be application/json");
        }
        boolean json = type.getSubtype().equals("json") || type.getSubtype().endsWith("+json");
        if (!json && !type.equalsTypeAndSubtype(MediaType.TEXT_PLAIN)) {
            throw GatewayException.unsupportedMediaType("The content type must be application/json");
        }
        String charset = type.getParameter("charset");
        if (charset != null && !charset.replace("\"", "").equalsIgnoreCase("utf-8")) {
            throw GatewayException.unsupportedMediaType("The charset of the body must be utf-8");
        }
    }

    /** Runs work whose memory is proportional to this body. Large bodies take turns. */
    public <T> T bounded(Supplier<T> work) {
        return memory.bounded(size, work);
    }

    /** Gives the body's memory back, except for the bytes that the request still holds. */
    public void keep(long held) {
        bytes.clear();
        share.shrinkTo(held);
    }

    /**
     * Counts further bytes that the request will hold. May be called from any thread.
     *
     * @throws GatewayException BUSY if there is no room for them
     */
    public void hold(int more) {
        if (!share.grow(more)) {
            throw ArrivingBody.busy();
        }
    }

    /** Gives all memory back. */
    void close() {
        bytes.clear();
        share.close();
    }
}
