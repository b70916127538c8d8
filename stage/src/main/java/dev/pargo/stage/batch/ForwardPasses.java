package dev.pargo.stage.batch;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/** Divides a batch whose inputs differ in size, so that no forward pass takes more memory than was planned. */
public final class ForwardPasses {

    private ForwardPasses() {}

    /**
     * Divides a batch into passes, in order.
     *
     * @param rows rows of an input
     * @param most largest number of rows of a pass; a larger input gets a separate pass
     */
    public static <I> List<List<I>> divide(List<I> batch, ToLongFunction<I> rows, long most) {
        List<List<I>> passes = new ArrayList<>();
        long used = most;
        for (I input : batch) {
            long more = rows.applyAsLong(input);
            if (passes.isEmpty() || more > most - used) {
                passes.add(new ArrayList<>());
                used = 0;
            }
            passes.get(passes.size() - 1).add(input);
            used += more;
        }
        return passes;
    }
}
