package dev.pargo.models.llm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import dev.pargo.models.network.Network;
import dev.pargo.models.torch.NativeTensors;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/**
 * Scores of all tokens of the vocabulary for the next position of each row: [rows, vocabulary], float32, on the device.
 * Sampling runs on the device too, for all rows at once. Not thread-safe.
 */
public final class Logits implements AutoCloseable {

    private final Network network;
    private final PtNDManager scope;
    private final PtNDArray values;
    private final Map<Integer, float[]> attention;

    /** @param attention of the rows that the step has watched */
    Logits(Network network, PtNDManager scope, PtNDArray values, Map<Integer, float[]> attention) {
        this.network = network;
        this.scope = scope;
        this.values = values;
        this.attention = attention;
    }

    public int rows() {
        return Math.toIntExact(values.getShape().get(0));
    }

    /**
     * How much a row attended to each token of its sequence up to itself, as far as its step has watched it: the mean
     * of all heads of the layers from {@link DecoderConfig#watchedFrom} on. The weights sum to 1.
     */
    public Optional<float[]> attention(int row) {
        return Optional.ofNullable(attention.get(row));
    }

    private int vocabulary() {
        return Math.toIntExact(values.getShape().get(1));
    }

    /** Copies rows in the given order. A row may be given several times. The caller closes the copy. */
    public Logits select(int[] rows) {
        PtNDManager part = network.newScope();
        try {
            PtNDArray index =
                    (PtNDArray) part.create(Arrays.stream(rows).asLongStream().toArray());
            try (IValue selected =
                    network.call("select", arguments -> arguments.add(values).add(index))) {
                return new Logits(network, part, selected.toTensor(part), Map.of());
            }
        } catch (RuntimeException e) {
            part.close();
            throw e;
        }
    }

    /** Adjusts single logits in place. A row may have at most one adjustment for each token. */
    public void adjust(SortedMap<Integer, List<LogitAdjustment>> adjustmentsByRow) {
        int count = adjustmentsByRow.values().stream().mapToInt(List::size).sum();
        if (count == 0) {
            return;
        }
        long[] rows = new long[count];
        long[] ids = new long[count];
        float[] repetition = new float[count];
        float[] bias = new float[count];
        int next = 0;
        for (Map.Entry<Integer, List<LogitAdjustment>> row : adjustmentsByRow.entrySet()) {
            for (LogitAdjustment adjustment : row.getValue()) {
                rows[next] = row.getKey();
                ids[next] = adjustment.id();
                repetition[next] = adjustment.repetition();
                bias[next++] = adjustment.bias();
            }
        }
        network.call(
                        "adjust",
                        arguments -> arguments
                                .add(values)
                                .add(longs(rows))
                                .add(longs(ids))
                                .add(floats(repetition))
                                .add(floats(bias)))
                .close();
    }

    /** Forbids, in place, all tokens that the rows' masks do not allow. */
    public void allow(SortedMap<Integer, TokenMask> maskByRow) {
        if (maskByRow.isEmpty()) {
            return;
        }
        ByteBuffer masks = ByteBuffer.allocateDirect(Math.multiplyExact(maskByRow.size(), vocabulary()));
        maskByRow.values().forEach(mask -> masks.put(mask.bytes()));
        PtNDArray allowed = scope.create(masks.flip(), new Shape(maskByRow.size(), vocabulary()), DataType.BOOLEAN);
        PtNDArray rows = longs(maskByRow.keySet().stream().mapToLong(row -> row).toArray());
        network.call("allow", arguments -> arguments.add(values).add(rows).add(allowed))
                .close();
    }

    /** The rows that contain a NaN or positive infinity. No token can be sampled from them. */
    public BitSet notFinite() {
        BitSet rows = new BitSet();
        try (IValue peaks = network.call("peaks", arguments -> arguments.add(values))) {
            float[] largest = peaks.toTensor(scope).toFloatArray();
            for (int row = 0; row < largest.length; row++) {
                rows.set(row, !Float.isFinite(largest[row]));
            }
        }
        return rows;
    }

    /** The most probable token of every row. */
    public int[] argmax() {
        try (IValue ids = network.call("argmax", arguments -> arguments.add(values))) {
            return ints(ids.toTensor(scope));
        }
    }

    /**
     * Chooses the next token of every row.
     *
     * @param sampling parameters for each row
     * @param uniform  one random number in [0, 1) for each row; not used by greedy sampling
     */
    public int[] sample(List<SamplingParams> sampling, double[] uniform) {
        if (sampling.stream().allMatch(SamplingParams::isGreedy)) {
            return argmax();
        }
        PtNDArray temperature = floats(
                sampling.stream().mapToDouble(SamplingParams::temperature).toArray());
        PtNDArray topK = longs(sampling.stream().mapToLong(SamplingParams::topK).toArray());
        PtNDArray topP =
                floats(sampling.stream().mapToDouble(SamplingParams::topP).toArray());
        PtNDArray minP =
                floats(sampling.stream().mapToDouble(SamplingParams::minP).toArray());
        try (IValue ids = network.call(
                "sample",
                arguments -> arguments
                        .add(values)
                        .add(temperature)
                        .add(topK)
                        .add(topP)
                        .add(minP)
                        .add(floats(uniform)))) {
            return ints(ids.toTensor(scope));
        }
    }

    /**
     * Log probabilities of chosen tokens, and of the {@code top} most probable tokens of each row.
     *
     * @param rows   rows that the tokens were chosen from
     * @param chosen the chosen token of each row
     * @param top    at least 1, at most the size of the vocabulary
     */
    public List<SampleLogprobs> logprobs(int[] rows, int[] chosen, int top) {
        PtNDArray index = longs(Arrays.stream(rows).asLongStream().toArray());
        PtNDArray ids = longs(Arrays.stream(chosen).asLongStream().toArray());
        try (IValue all = network.call(
                "logprobs",
                arguments -> arguments.add(values).add(index).add(ids).add(top))) {
            PtNDArray[] parts = NativeTensors.tuple(scope, all);
            float[] ofChosen = parts[0].toFloatArray();
            int[] topIds = ints(parts[1]);
            float[] ofTop = parts[2].toFloatArray();
            List<SampleLogprobs> result = new ArrayList<>();
            for (int row = 0; row < chosen.length; row++) {
                result.add(new SampleLogprobs(
                        ofChosen[row],
                        Arrays.copyOfRange(topIds, row * top, (row + 1) * top),
                        Arrays.copyOfRange(ofTop, row * top, (row + 1) * top)));
            }
            return result;
        }
    }

    /**
     * Finds the best continuations of a beam search. The rows are its beams.
     *
     * @param scores sums of log probabilities of the beams so far
     * @param top    largest number of continuations to return; there are at most beams times vocabulary
     */
    public BeamCandidates continueBeams(double[] scores, int top) {
        try (IValue best = network.call(
                "continue_beams",
                arguments -> arguments.add(values).add(floats(scores)).add((int)
                        Math.min(top, (long) rows() * vocabulary())))) {
            PtNDArray[] parts = NativeTensors.tuple(scope, best);
            int[] index = ints(parts[1]);
            return new BeamCandidates(
                    parts[0].toFloatArray(),
                    Arrays.stream(index).map(i -> i / vocabulary()).toArray(),
                    Arrays.stream(index).map(i -> i % vocabulary()).toArray());
        }
    }

    /** Copies the logits to the host, in row-major order. */
    public float[] toArray() {
        return values.toFloatArray();
    }

    private PtNDArray longs(long[] numbers) {
        return (PtNDArray) scope.create(numbers);
    }

    private PtNDArray floats(double[] numbers) {
        float[] floats = new float[numbers.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) numbers[i];
        }
        return floats(floats);
    }

    private PtNDArray floats(float[] numbers) {
        return (PtNDArray) scope.create(numbers);
    }

    private static int[] ints(NDArray ids) {
        return Arrays.stream(ids.toLongArray()).mapToInt(Math::toIntExact).toArray();
    }

    @Override
    public void close() {
        scope.close();
    }
}
