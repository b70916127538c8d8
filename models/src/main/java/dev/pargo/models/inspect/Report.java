package dev.pargo.models.inspect;

import java.util.List;

/**
 * What lies at a path.
 *
 * @param path     as it was given
 * @param kind     what it is, e.g. {@code bundle 'pargo-mini'}
 * @param files    weight files
 * @param bytes    of the weight files
 * @param networks networks and adapters in them
 * @param other    tensors that belong to none of these
 */
public record Report(String path, String kind, int files, long bytes, List<NetworkReport> networks, Contents other) {

    /** Whether there is a network, and all are complete. */
    public boolean isComplete() {
        return !networks.isEmpty() && networks.stream().allMatch(NetworkReport::isComplete);
    }
}
