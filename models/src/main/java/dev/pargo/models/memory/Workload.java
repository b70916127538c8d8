package dev.pargo.models.memory;

import dev.pargo.models.torch.Placement;
import java.util.function.ToLongFunction;

/**
 * What a network is going to be used for, as far as it takes memory.
 *
 * @param rows       most rows of a forward pass: tokens of all its requests
 * @param cacheBytes size of the KV cache in a placement; 0 for networks without one
 */
public record Workload(long rows, ToLongFunction<Placement> cacheBytes) {

    /** Of a network without a KV cache. */
    public static Workload ofRows(long rows) {
        return new Workload(rows, placement -> 0);
    }
}
