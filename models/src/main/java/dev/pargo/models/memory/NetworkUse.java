package dev.pargo.models.memory;

import dev.pargo.models.torch.Placement;
import java.util.function.ToLongFunction;

/**
 * The use of a network, as far as it needs memory.
 *
 * @param rows       largest number of rows of a forward pass: tokens of all its requests
 * @param cacheBytes size of the KV cache in a placement; 0 for networks without one
 */
public record NetworkUse(long rows, ToLongFunction<Placement> cacheBytes) {

    /** The use of a network without a KV cache. */
    public static NetworkUse ofRows(long rows) {
        return new NetworkUse(rows, placement -> 0);
    }
}
