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
 * Memory that a network's weights take, computed from their shapes. Loading first converts all weights to the
 * placement's type: weights that have this type stay pages of their file, the others are copied. Then the program packs
 * some weights, layer by layer, into a form that is faster to read, and frees the originals.
 *
 * @param mapped    pages of files that stay in use, in bytes like the others
 * @param copied    copies made by loading
 * @param kept      the part of these copies that stays after packing
 * @param packed    packed weights
 * @param temporary largest temporary memory for packing one layer
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

    /** The largest number of bytes at any time. */
    long peak() {
        return Math.max(Math.max(copied, kept + packed) + temporary, kept + packed + mapped);
    }
}
