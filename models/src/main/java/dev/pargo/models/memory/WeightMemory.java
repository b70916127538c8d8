package dev.pargo.models.memory;

import ai.djl.Device;
import dev.pargo.models.network.NetworkConfig;
import dev.pargo.models.network.Packing;
import dev.pargo.models.network.StoredNetwork;
import dev.pargo.models.torch.Placement;
import dev.pargo.models.weights.LoraAdapter;
import dev.pargo.models.weights.NativeWeights;
import dev.pargo.models.weights.ParameterSpec;
import dev.pargo.models.weights.StoredTensor;
import java.util.Optional;

/**
 * Memory that a network's weights take, computed from their shapes. Loading first brings all weights into the placement's
 * type: those that have it already stay pages of their file, the others are copied. Then the program packs layer by layer
 * what it keeps in a form of its own, and frees what it packed.
 *
 * @param mapped    pages of files that stay in use, in bytes like the others
 * @param copied    copies made by loading
 * @param kept      of these, what stays after packing
 * @param packed    what the program packs
 * @param temporary most that packing one layer takes for a moment
 */
record WeightMemory(long mapped, long copied, long kept, long packed, long temporary) {

    static WeightMemory of(StoredNetwork<?> stored, Placement placement) {
        NetworkConfig config = stored.config();
        boolean onCpu = placement.device().getDeviceType().equals(Device.Type.CPU);
        long mapped = 0;
        long copied = 0;
        long kept = 0;
        long packed = 0;
        long temporary = 0;
        for (ParameterSpec parameter : config.parameters()) {
            StoredTensor tensor = stored.checkpoint().get(parameter.name());
            boolean copies = !onCpu
                    || stored.adapter().updates(parameter.name())
                    || NativeWeights.isCopied(tensor, placement.precision().weights());
            long bytes =
                    copies ? tensor.elements() * placement.precision().weights().bytes() : tensor.bytes();
            Optional<Packing> packing = config.packing(parameter, placement);
            copied += copies ? bytes : 0;
            if (packing.isPresent()) {
                packed += packing.get().kept();
                temporary = Math.max(temporary, packing.get().temporary());
            } else if (copies) {
                kept += bytes;
            } else {
                mapped += bytes;
            }
        }
        for (LoraAdapter choice : stored.choices()) {
            long elements = choice.tensors().tensors().values().stream()
                    .mapToLong(StoredTensor::elements)
                    .sum();
            copied += elements * Float.BYTES;
            kept += elements * placement.precision().dtype().bytes();
        }
        return new WeightMemory(mapped, copied, kept, packed, temporary);
    }

    /** Most bytes at any moment. */
    long peak() {
        return Math.max(Math.max(copied, kept + packed) + temporary, kept + packed + mapped);
    }
}
