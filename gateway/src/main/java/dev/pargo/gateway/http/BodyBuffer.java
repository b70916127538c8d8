package dev.pargo.gateway.http;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Bytes in the order of their arrival. Memory is allocated as bytes arrive, in pieces that grow with the number of
 * bytes, and each piece is dropped as soon as it has been read. Not thread-safe.
 */
final class BodyBuffer {

    private static final int SMALLEST = 2 * 1024;
    private static final int LARGEST = 256 * 1024;

    private final Deque<byte[]> pieces = new ArrayDeque<>();
    private long size;
    private int lastUsed;

    /** Number of bytes that must be allocated for this number of further bytes. */
    int growth(int more) {
        @Nullable byte[] last = pieces.peekLast();
        int missing = more - (last == null ? 0 : last.length - lastUsed);
        return missing <= 0 ? 0 : Math.max(missing, (int) Math.min(LARGEST, Math.max(SMALLEST, size)));
    }

    /** Adds all bytes of a buffer. */
    void add(ByteBuffer bytes) {
        int growth = growth(bytes.remaining());
        @Nullable byte[] last = pieces.peekLast();
        if (last != null) {
            fill(last, bytes);
        }
        if (growth > 0) {
            lastUsed = 0;
            pieces.add(new byte[growth]);
            fill(pieces.getLast(), bytes);
        }
    }

    private void fill(byte[] piece, ByteBuffer bytes) {
        int count = Math.min(bytes.remaining(), piece.length - lastUsed);
        bytes.get(piece, lastUsed, count);
        lastUsed += count;
        size += count;
    }

    long size() {
        return size;
    }

    void clear() {
        pieces.clear();
        size = 0;
        lastUsed = 0;
    }

    /** Reads all bytes, once. */
    InputStream drain() {
        return new InputStream() {
            private int position;

            @Override
            public int read() {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] target, int offset, int length) {
                @Nullable byte[] piece = pieces.peekFirst();
                if (piece == null) {
                    return -1;
                }
                int end = pieces.size() == 1 ? lastUsed : piece.length;
                int count = Math.min(length, end - position);
                System.arraycopy(piece, position, target, offset, count);
                position += count;
                if (position == end) {
                    pieces.removeFirst();
                    position = 0;
                }
                return count;
            }
        };
    }
}
