package dev.pargo.models.weights;

import dev.pargo.models.tensor.DType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;

/**
 * The rows of a stored matrix, mapped from its file: rows that nobody asks for are not read, and processes share what
 * was read. The mapping lasts until this is garbage. Immutable, thread-safe.
 */
public final class MappedRows {

    /** A buffer holds at most 2 GiB. */
    private static final long SEGMENT_BYTES = 1 << 30;

    private final DType dtype;
    private final long rows;
    private final int rowBytes;
    private final int rowsPerSegment;
    private final MappedByteBuffer[] segments;

    /** @throws CheckpointException if the tensor is not a contiguous matrix, or its file cannot be mapped */
    public MappedRows(StoredTensor matrix) {
        if (matrix.shape().length != 2 || !matrix.isContiguous() || matrix.elements() == 0) {
            throw new CheckpointException(matrix.file(), matrix.name() + " is not a matrix with contiguous rows");
        }
        dtype = matrix.dtype();
        rows = matrix.shape()[0];
        rowBytes = Math.toIntExact(matrix.shape()[1] * dtype.bytes());
        rowsPerSegment = (int) Math.min(rows, Math.max(1, SEGMENT_BYTES / rowBytes));
        segments = new MappedByteBuffer[(int) ((rows + rowsPerSegment - 1) / rowsPerSegment)];
        try (FileChannel file = FileChannel.open(matrix.file())) {
            for (int i = 0; i < segments.length; i++) {
                long first = (long) i * rowsPerSegment;
                long bytes = Math.min(rowsPerSegment, rows - first) * rowBytes;
                segments[i] = file.map(FileChannel.MapMode.READ_ONLY, matrix.offset() + first * rowBytes, bytes);
            }
        } catch (IOException e) {
            throw new CheckpointException(matrix.file(), "cannot be mapped", e);
        }
    }

    public DType dtype() {
        return dtype;
    }

    public int width() {
        return rowBytes / dtype.bytes();
    }

    /**
     * The elements of a row, little-endian.
     *
     * @throws IndexOutOfBoundsException if there is no such row
     */
    public ByteBuffer row(int index) {
        if (index < 0 || index >= rows) {
            throw new IndexOutOfBoundsException("row %d of %d".formatted(index, rows));
        }
        return segments[index / rowsPerSegment]
                .slice(index % rowsPerSegment * rowBytes, rowBytes)
                .order(ByteOrder.LITTLE_ENDIAN);
    }
}
