package dev.pargo.gateway.http;

import dev.pargo.gateway.error.GatewayException;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/** Undoes a body's {@code Content-Encoding} while it is read. */
final class ContentCoding {

    private ContentCoding() {}

    /**
     * The decompressed body.
     *
     * @param limit largest body after decompression, in bytes; the stream throws TOO_LARGE beyond it
     * @throws GatewayException UNSUPPORTED_MEDIA_TYPE for an unknown encoding, INVALID_REQUEST for damaged data
     */
    static InputStream decode(InputStream body, @Nullable String encoding, long limit) {
        String name = encoding == null ? "identity" : encoding.strip().toLowerCase(Locale.ROOT);
        try {
            return switch (name) {
                case "identity", "" -> body;
                case "gzip", "x-gzip" -> new Decompressed(new GZIPInputStream(body), name, limit);
                case "deflate" -> new Decompressed(inflate(body), name, limit);
                default ->
                    throw GatewayException.unsupportedMediaType(
                            "The content encoding must be gzip, deflate or identity, not " + printable(name));
            };
        } catch (IOException damaged) {
            throw damaged(name);
        }
    }

    /** With zlib's header, as the standard says, or without, as some clients send it. */
    private static InputStream inflate(InputStream body) throws IOException {
        BufferedInputStream buffered = new BufferedInputStream(body);
        buffered.mark(2);
        int header = buffered.read() << 8 | buffered.read();
        buffered.reset();
        boolean zlib = (header & 0x0f00) == 0x0800 && header % 31 == 0;
        return new InflaterInputStream(buffered, new Inflater(!zlib));
    }

    private static String printable(String name) {
        return name.substring(0, Math.min(name.length(), 40));
    }

    private static GatewayException damaged(String encoding) {
        return GatewayException.invalid(null, "invalid_body", "The body is not valid " + encoding);
    }

    private static final class Decompressed extends FilterInputStream {

        private final String encoding;
        private final long limit;
        private long read;

        Decompressed(InputStream in, String encoding, long limit) {
            super(in);
            this.encoding = encoding;
            this.limit = limit;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int count;
            try {
                count = super.read(target, offset, length);
            } catch (ZipException | EOFException wrong) {
                throw damaged(encoding);
            }
            read += Math.max(0, count);
            if (read > limit) {
                throw GatewayException.tooLarge(
                        null,
                        "body_too_large",
                        "The request body is larger than the limit of %d bytes after decompression".formatted(limit));
            }
            return count;
        }
    }
}
