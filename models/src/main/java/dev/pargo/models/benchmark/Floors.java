package dev.pargo.models.benchmark;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import dev.pargo.models.torch.Arguments;
import dev.pargo.models.torch.Placement;
import dev.pargo.models.torch.Script;
import java.util.List;

/** What limits a network's speed, measured with the process's threads. */
final class Floors {

    private static final int REPETITIONS = 7;
    private static final int ROWS = 1024;
    private static final int WIDTH = 1024;

    private Floors() {}

    /** Memory bandwidth of reading in GB/s: of the sum of a large array. */
    static double bandwidth(Placement placement) {
        try (PtNDManager manager = placement.newManager()) {
            // Large against the caches, and against the time of a GPU's kernel launch.
            long elements = placement.device().isGpu() ? 1L << 30 : 64L << 20;
            PtNDArray array = (PtNDArray) manager.zeros(new Shape(elements), DataType.FLOAT32);
            // Reads the sum, because a GPU's operations end after the call.
            double ms = Timing.median(REPETITIONS, () -> array.sum().getFloat());
            return elements * Float.BYTES / ms / 1e6;
        }
    }

    /**
     * Speed of a large linear layer in GFLOP/s.
     *
     * @param form how it stores its weights, see linear.py
     */
    static double products(Placement placement, long form) {
        try (PtNDManager manager = placement.newManager();
                Script script = Script.load(manager, "peak", List.of("int8", "linear"))) {
            PtNDArray like = (PtNDArray) manager.create(new float[1]);
            long dtype = placement.precision().dtype().torchCode();
            IValue layer = call(
                    script,
                    "build",
                    new Arguments().add(WIDTH).add(dtype).add(form).add(like));
            IValue input = call(
                    script,
                    "input",
                    new Arguments().add(ROWS).add(WIDTH).add(dtype).add(like));
            try (layer;
                    input) {
                double ms = Timing.median(REPETITIONS, () -> {
                    try (IValue first = script.call("multiply", layer, input);
                            PtNDArray number = first.toTensor(manager)) {
                        number.getFloat();
                    }
                });
                return 2.0 * ROWS * WIDTH * WIDTH / ms / 1e6;
            }
        }
    }

    private static IValue call(Script script, String method, Arguments arguments) {
        try (arguments) {
            return script.call(method, arguments.toArray());
        }
    }
}
