package dev.pargo.models.weights;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import dev.pargo.models.tensor.DType;
import dev.pargo.models.torch.Script;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The native side of loading: maps files and cuts tensors out of them.
 *
 * <p>A file is mapped once for each element type, privately (copy on write): pages are shared with other processes and
 * the file is never written. A mapping lives as long as a tensor cut from it.
 */
final class WeightProgram implements AutoCloseable {

    private record Mapping(Path file, DType dtype) {}

    private static final int CHUNK_BYTES = 1 << 20;

    private final PtNDManager manager;
    private final Script script;
    private final Map<Mapping, PtNDArray> mappings = new HashMap<>();

    /** @param manager owns the arrays that the methods return; its device is where they are placed */
    WeightProgram(PtNDManager manager) {
        this.manager = manager;
        this.script = Script.load(manager, "weights", List.of());
    }

    /** Whether torch can address the tensor in a mapped file: its offset must be a whole number of elements. */
    static boolean isMappable(StoredTensor tensor) {
        return tensor.offset() % tensor.dtype().bytes() == 0;
    }

    /** A view of the tensor in its mapped file. */
    PtNDArray view(StoredTensor tensor) {
        PtNDArray mapping = mappings.computeIfAbsent(new Mapping(tensor.file(), tensor.dtype()), this::map);
        return cut(mapping, tensor, tensor.offset() / tensor.dtype().bytes());
    }

    private PtNDArray map(Mapping mapping) {
        try {
            long elements = Files.size(mapping.file()) / mapping.dtype().bytes();
            return call("map", IValue.from(mapping.file().toString()), IValue.from(elements), IValue.from((long)
                    mapping.dtype().torchCode()));
        } catch (IOException | EngineException e) {
            throw new CheckpointException(mapping.file(), "cannot be mapped", e);
        }
    }

    /** A copy of the tensor, read in pieces. */
    PtNDArray read(StoredTensor tensor) {
        int width = tensor.dtype().bytes();
        try (WeightFile file = WeightFile.open(tensor.file());
                PtNDArray run = call("empty", IValue.from(tensor.extent() / width), IValue.from((long)
                        tensor.dtype().torchCode()))) {
            for (long at = 0; at < tensor.extent(); at += CHUNK_BYTES) {
                ByteBuffer piece = file.read(tensor.offset() + at, (int) Math.min(CHUNK_BYTES, tensor.extent() - at));
                try (PtNDArray values = create(tensor.dtype(), piece)) {
                    call("fill", IValue.from(run), IValue.from(at / width), IValue.from(values))
                            .close();
                }
            }
            return cut(run, tensor, 0);
        }
    }

    private PtNDArray create(DType dtype, ByteBuffer piece) {
        Shape shape = new Shape(piece.remaining() / dtype.bytes());
        if (dtype == DType.BFLOAT16) {
            // DJL cannot create bfloat16. It is the upper half of a float32.
            ByteBuffer wide = ByteBuffer.allocateDirect(2 * piece.remaining()).order(ByteOrder.LITTLE_ENDIAN);
            while (piece.hasRemaining()) {
                wide.putInt(piece.getShort() << 16);
            }
            return manager.create(wide.flip(), shape, DataType.FLOAT32);
        }
        ByteBuffer direct = ByteBuffer.allocateDirect(piece.remaining()).order(ByteOrder.LITTLE_ENDIAN);
        return manager.create(direct.put(piece).flip(), shape, type(dtype));
    }

    private static DataType type(DType dtype) {
        return dtype == DType.BOOL ? DataType.BOOLEAN : DataType.valueOf(dtype.name());
    }

    private PtNDArray cut(PtNDArray run, StoredTensor tensor, long offset) {
        return call(
                "cut",
                IValue.from(run),
                IValue.listFrom(tensor.shape()),
                IValue.listFrom(tensor.strides()),
                IValue.from(offset));
    }

    /**
     * A copy on the manager's device. DJL's own copy ends the process if the type is bfloat16, which it does not know.
     */
    PtNDArray place(PtNDArray array) {
        try (PtNDArray like = manager.create(new Shape(0), DataType.FLOAT32)) {
            return call("place", IValue.from(array), IValue.from(like));
        }
    }

    /** A copy in another type. */
    PtNDArray cast(PtNDArray array, DType dtype) {
        return call("cast", IValue.from(array), IValue.from((long) dtype.torchCode()));
    }

    /** The sum of a weight and its update in float32, as {@link LoraAdapter.Delta} describes it. */
    PtNDArray merge(
            PtNDArray weight,
            PtNDArray a,
            PtNDArray b,
            @Nullable PtNDArray magnitude,
            double scale,
            LoraInitialisation initialisation) {
        return call(
                "merge",
                IValue.from(weight),
                IValue.from(a),
                IValue.from(b),
                IValue.listFrom(magnitude == null ? new PtNDArray[0] : new PtNDArray[] {magnitude}),
                IValue.from(scale),
                IValue.from((long) initialisation.ordinal()));
    }

    private PtNDArray call(String method, IValue... arguments) {
        try (IValue result = script.call(method, arguments)) {
            return result.toTensor(manager);
        } finally {
            for (IValue argument : arguments) {
                argument.close();
            }
        }
    }

    @Override
    public void close() {
        mappings.values().forEach(PtNDArray::close);
        script.close();
    }
}
