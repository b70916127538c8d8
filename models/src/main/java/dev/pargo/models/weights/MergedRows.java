package dev.pargo.models.weights;

import dev.pargo.models.tensor.DType;
import dev.pargo.models.tensor.FloatCodec;
import dev.pargo.models.tensor.HostTensor;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one parameter with its low-rank update merged in. The update is added in float32; a row without an update
 * keeps its bits if it keeps its type. A vector is a matrix of one row. Immutable.
 */
public final class MergedRows {

    private final DType stored;
    private final int width;
    private final @Nullable MappedRows matrix;
    private final @Nullable HostTensor vector;
    private final @Nullable Update update;

    private record Update(float[] a, float[] b, int rank, float scale) {}

    /**
     * @param adapter only adds to the weights, see {@link LoraAdapter#requireAddition}; it may hold whole
     *     parameters, which are in the checkpoint already
     * @throws CheckpointException if there is no such parameter, or it is neither a matrix nor a vector
     */
    public MergedRows(Checkpoint checkpoint, LoraAdapter adapter, String parameter) {
        StoredTensor tensor = checkpoint.get(parameter);
        stored = tensor.dtype();
        boolean isMatrix = tensor.shape().length == 2;
        matrix = isMatrix ? new MappedRows(tensor) : null;
        vector = isMatrix ? null : checkpoint.read(parameter);
        width = Math.toIntExact(tensor.shape()[tensor.shape().length - 1]);
        LoraAdapter.Delta delta = adapter.deltas().get(parameter);
        if (delta == null) {
            update = null;
        } else {
            Checkpoint tensors = adapter.tensors();
            update = new Update(
                    floats(tensors.read(delta.a().name())),
                    floats(tensors.read(delta.b().name())),
                    Math.toIntExact(delta.a().shape()[0]),
                    (float) delta.scale());
        }
    }

    private static float[] floats(HostTensor tensor) {
        return FloatCodec.read(tensor.data(), tensor.dtype());
    }

    /**
     * Gives some rows, one by one.
     *
     * @param dtype float16, bfloat16 or float32
     */
    public void write(int first, int count, DType dtype, Consumer<ByteBuffer> out) {
        for (int row = first; row < first + count; row++) {
            ByteBuffer bytes = matrix == null ? vector.data().duplicate() : matrix.row(row);
            if (update == null && stored == dtype) {
                out.accept(bytes);
            } else {
                float[] values = FloatCodec.read(bytes, stored);
                if (update != null) {
                    add(update, row, values);
                }
                out.accept(FloatCodec.write(values, dtype));
            }
        }
    }

    private void add(Update given, int row, float[] values) {
        float[] sum = new float[width];
        for (int i = 0; i < given.rank; i++) {
            float factor = given.b[row * given.rank + i];
            int from = i * width;
            for (int column = 0; column < width; column++) {
                sum[column] += factor * given.a[from + column];
            }
        }
        for (int column = 0; column < width; column++) {
            values[column] += given.scale * sum[column];
        }
    }
}
