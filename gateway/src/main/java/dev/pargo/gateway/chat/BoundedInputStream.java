package dev.pargo.gateway.chat;

import dev.pargo.gateway.error.GatewayException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Refuses to read more than a number of bytes, for bodies that do not tell their length. */
final class BoundedInputStream extends FilterInputStream {

    private final long limit;
    private long count;

    BoundedInputStream(InputStream in, long limit) {
        super(in);
        this.limit = limit;
    }

    @Override
    public int read() throws IOException {
        int next = super.read();
        count(next < 0 ? 0 : 1);
        return next;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int bytes = super.read(target, offset, length);
        count(bytes);
        return bytes;
    }

    private void count(int bytes) {
        count += Math.max(0, bytes);
        if (count > limit) {
            throw tooLarge(limit);
        }
    }

    static GatewayException tooLarge(long limit) {
        return GatewayException.tooLarge(
                null, "body_too_large", "The request body is larger than the limit of %d bytes".formatted(limit));
    }
}
