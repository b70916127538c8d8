package dev.pargo.models.llm;

import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import dev.pargo.models.network.Network;
import java.util.List;
import java.util.stream.IntStream;

/** Scores of every token of the vocabulary for the next position: [sequences, vocabulary], float32, on the device. */
public final class Logits implements AutoCloseable {

    private final Network network;
    private final PtNDManager scope;
    private final PtNDArray values;

    Logits(Network network, PtNDManager scope, PtNDArray values) {
        this.network = network;
        this.scope = scope;
        this.values = values;
    }

    /**
     * Chooses the next token of every sequence, all on the device.
     *
     * @param sampling one for each sequence
     * @param uniform  one random number in [0, 1) for each sequence; not used where sampling is greedy
     */
    public int[] sample(List<Sampling> sampling, double[] uniform) {
        if (sampling.stream().allMatch(Sampling::isGreedy)) {
            try (IValue ids = network.call("argmax", arguments -> arguments.add(values))) {
                return ids(ids);
            }
        }
        PtNDArray temperature =
                floats(sampling.stream().mapToDouble(Sampling::temperature).toArray());
        PtNDArray topK = (PtNDArray)
                scope.create(sampling.stream().mapToLong(Sampling::topK).toArray());
        PtNDArray topP = floats(sampling.stream().mapToDouble(Sampling::topP).toArray());
        try (IValue ids = network.call(
                "sample",
                arguments -> arguments
                        .add(values)
                        .add(temperature)
                        .add(topK)
                        .add(topP)
                        .add(floats(uniform)))) {
            return ids(ids);
        }
    }

    /** Copies the scores, sequence by sequence. */
    public float[] toArray() {
        return values.toFloatArray();
    }

    private PtNDArray floats(double[] numbers) {
        float[] floats = new float[numbers.length];
        IntStream.range(0, numbers.length).forEach(i -> floats[i] = (float) numbers[i]);
        return (PtNDArray) scope.create(floats);
    }

    private int[] ids(IValue tensor) {
        long[] ids = tensor.toTensor(scope).toLongArray();
        return java.util.Arrays.stream(ids).mapToInt(Math::toIntExact).toArray();
    }

    @Override
    public void close() {
        scope.close();
    }
}
