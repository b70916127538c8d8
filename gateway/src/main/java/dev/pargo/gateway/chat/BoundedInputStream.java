package dev.pargo.gateway.chat;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Refuses to read more than a number of bytes, for bodies that do not tell their length. */
final class BoundedInputStream extends FilterInputStream {

    private long left;

    BoundedInputStream(InputStream in, long limit) {
        super(in);
        this.left = limit;
    }

    @Override
    public int read() throws IOException {
        int next = super.read();
        take(next < 0 ? 0 : 1);
        return next;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int bytes = super.read(target, offset, length);
        take(Math.max(0, bytes));
        return bytes;
    }

    private void take(int bytes) throws LimitExceededException {
        left -= bytes;
        if (left < 0) {
            throw new LimitExceededException();
        }
    }

    /** There is more than allowed. */
    static final class LimitExceededException extends IOException {}
}
