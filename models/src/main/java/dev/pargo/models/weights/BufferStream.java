package dev.pargo.models.weights;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Iterator;

/** The bytes of buffers, one after the other. Each buffer is asked for when the one before it has been read. */
final class BufferStream extends InputStream {

    private final Iterator<ByteBuffer> buffers;
    private ByteBuffer current = ByteBuffer.allocate(0);

    BufferStream(Iterator<ByteBuffer> buffers) {
        this.buffers = buffers;
    }

    @Override
    public int read() {
        return advance() ? current.get() & 0xff : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        if (length == 0) {
            return 0;
        }
        if (!advance()) {
            return -1;
        }
        int taken = Math.min(length, current.remaining());
        current.get(target, offset, taken);
        return taken;
    }

    /** False at the end. */
    private boolean advance() {
        while (!current.hasRemaining() && buffers.hasNext()) {
            current = buffers.next();
        }
        return current.hasRemaining();
    }
}
