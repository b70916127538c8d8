package dev.pargo.models.weights;

import dev.pargo.models.tensor.DType;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;

/**
 * One tensor as {@code torch.save} writes it: an uncompressed zip that {@code torch.load(weights_only=True)} reads. The
 * elements are not kept: they are read once for the checksum, and again each time the bytes are read. Immutable.
 */
public final class TorchTensor {

    private static final String ROOT = "archive/";

    private final byte[] before;
    private final byte[] after;
    private final Iterable<ByteBuffer> elements;

    /**
     * @param elements gives the elements in pieces, little-endian and row-major, the same each time it is asked; the
     *     remaining bytes of each buffer
     * @throws IllegalArgumentException if there are more or fewer elements than the shape says, or 4 GiB and more
     */
    public TorchTensor(DType dtype, long[] shape, Iterable<ByteBuffer> elements) {
        this.elements = elements;
        WrittenTensor tensor = new WrittenTensor("", dtype, shape);
        Envelope envelope = new Envelope();
        ZipOutput zip = new ZipOutput(envelope);
        zip.add(ROOT + "data.pkl", Pickler.tensor(dtype, shape));
        zip.add(ROOT + "byteorder", "little".getBytes(StandardCharsets.US_ASCII));
        zip.add(ROOT + "version", "3\n".getBytes(StandardCharsets.US_ASCII));
        zip.add(ROOT + "data/0", tensor.bytes(), out -> envelope.passOver(out, elements));
        zip.finish();
        this.before = envelope.before.toByteArray();
        this.after = envelope.after.toByteArray();
        long passed = envelope.passed;
        if (passed != tensor.bytes()) {
            throw new IllegalArgumentException(
                    "the tensor has %d bytes, but %d were given".formatted(tensor.bytes(), passed));
        }
    }

    /** The archive, from its start. */
    public InputStream open() {
        return new SequenceInputStream(Collections.enumeration(List.of(
                new ByteArrayInputStream(before),
                new BufferStream(elements.iterator()),
                new ByteArrayInputStream(after))));
    }

    /** Keeps what lies before and after the elements, and only counts the elements. */
    private static final class Envelope implements ZipOutput.Destination {

        private final Patched before = new Patched();
        private final ByteArrayOutputStream after = new ByteArrayOutputStream();
        private boolean passing;
        private long passed;

        /** @param out reads the elements for their checksum, and writes them here */
        void passOver(Consumer<ByteBuffer> out, Iterable<ByteBuffer> elements) {
            passing = true;
            elements.forEach(out);
            passing = false;
        }

        @Override
        public long position() {
            return before.size() + passed + after.size();
        }

        @Override
        public void write(ByteBuffer bytes) {
            if (passing) {
                passed += bytes.remaining();
                return;
            }
            byte[] copy = new byte[bytes.remaining()];
            bytes.get(copy);
            (passed == 0 ? before : after).writeBytes(copy);
        }

        /** All headers of records lie before the elements, which are the last record. */
        @Override
        public void rewrite(long position, ByteBuffer bytes) {
            while (bytes.hasRemaining()) {
                before.set((int) position++, bytes.get());
            }
        }
    }

    private static final class Patched extends ByteArrayOutputStream {

        void set(int index, byte value) {
            buf[index] = value;
        }
    }
}
