package dev.pargo.models.synthesis;

import ai.djl.util.Float16Utils;
import dev.pargo.models.tensor.DType;
import dev.pargo.models.weights.TensorValues;
import dev.pargo.models.weights.WrittenTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.EnumMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * Random weights on which a network of any depth gives finite outputs: normal with standard deviation {@value
 * #DEVIATION}, around 1 for the scales of norms and around 0 for everything else. Integers count up from 0, as position
 * ids do.
 *
 * <p>Values are drawn once and then repeated in a cycle of a prime number of elements, so that writing is as fast as
 * the disk. Every tensor begins at another position of the cycle. No two rows of a matrix are equal, because its width
 * has no common factor with the prime. The same seed and the same order of tensors give the same values. Not
 * thread-safe.
 */
final class RandomWeights implements TensorValues {

    private static final double DEVIATION = 0.02;

    /** Elements of a cycle; prime. */
    private static final int PERIOD = 1_048_573;

    /**
     * Distance in the cycle from one tensor's start to the next one's. With a prime period it reaches all positions.
     */
    private static final long STRIDE = 2_654_435_761L;

    private final long seed;
    private final Map<DType, ByteBuffer> matrices = new EnumMap<>(DType.class);
    private final Map<DType, ByteBuffer> scales = new EnumMap<>(DType.class);
    private long tensors;

    RandomWeights(long seed) {
        this.seed = seed;
    }

    @Override
    public void write(WrittenTensor tensor, Consumer<ByteBuffer> out) {
        if (!tensor.dtype().isFloatingPoint()) {
            count(tensor, out);
            return;
        }
        ByteBuffer cycle = isScale(tensor)
                ? scales.computeIfAbsent(tensor.dtype(), dtype -> draw(dtype, 1))
                : matrices.computeIfAbsent(tensor.dtype(), dtype -> draw(dtype, 0));
        int width = tensor.dtype().bytes();
        int position = (int) (++tensors * STRIDE % PERIOD) * width;
        for (long left = tensor.bytes(); left > 0; ) {
            int piece = (int) Math.min(left, cycle.capacity() - position);
            out.accept(cycle.slice(position, piece));
            left -= piece;
            position = 0;
        }
    }

    /** In these networks, only the scale of a norm is a vector named weight. */
    private static boolean isScale(WrittenTensor tensor) {
        return tensor.shape().length == 1 && tensor.name().endsWith(".weight");
    }

    private ByteBuffer draw(DType dtype, double mean) {
        SplittableRandom random = new SplittableRandom(seed);
        ByteBuffer cycle = ByteBuffer.allocateDirect(PERIOD * dtype.bytes()).order(ByteOrder.LITTLE_ENDIAN);
        while (cycle.hasRemaining()) {
            put(cycle, dtype, (float) (mean + DEVIATION * random.nextGaussian()));
        }
        return cycle.flip();
    }

    private static void put(ByteBuffer to, DType dtype, float value) {
        switch (dtype) {
            case FLOAT64 -> to.putDouble(value);
            case FLOAT32 -> to.putFloat(value);
            case FLOAT16 -> to.putShort(Float16Utils.floatToHalf(value));
            // Truncated instead of rounded, which does not matter for random values.
            case BFLOAT16 -> to.putShort((short) (Float.floatToRawIntBits(value) >>> 16));
            default -> throw new IllegalArgumentException(dtype.name());
        }
    }

    private static void count(WrittenTensor tensor, Consumer<ByteBuffer> out) {
        int width = tensor.dtype().bytes();
        ByteBuffer values = ByteBuffer.allocate(Math.toIntExact(tensor.bytes())).order(ByteOrder.LITTLE_ENDIAN);
        for (long value = 0; values.hasRemaining(); value++) {
            for (int i = 0; i < width; i++) {
                values.put((byte) (value >>> Byte.SIZE * i));
            }
        }
        out.accept(values.flip());
    }
}
