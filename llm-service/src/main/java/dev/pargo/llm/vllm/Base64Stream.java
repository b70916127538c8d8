package dev.pargo.llm.vllm;

import java.io.IOException;
import java.io.InputStream;
import java.util.Base64;

/** The base64 of another stream, without line breaks, made as it is read. */
final class Base64Stream extends InputStream {

    /** A multiple of three, so that only the end is padded. */
    private static final int PIECE_BYTES = 3 << 12;

    private final InputStream source;
    private byte[] encoded = new byte[0];
    private int at;

    Base64Stream(InputStream source) {
        this.source = source;
    }

    @Override
    public int read() throws IOException {
        return advance() ? encoded[at++] : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (!advance()) {
            return -1;
        }
        int taken = Math.min(length, encoded.length - at);
        System.arraycopy(encoded, at, target, offset, taken);
        at += taken;
        return taken;
    }

    /** False at the end. */
    private boolean advance() throws IOException {
        if (at == encoded.length) {
            encoded = Base64.getEncoder().encode(source.readNBytes(PIECE_BYTES));
            at = 0;
        }
        return at < encoded.length;
    }

    @Override
    public void close() throws IOException {
        source.close();
    }
}
