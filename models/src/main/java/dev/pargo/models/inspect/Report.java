package dev.pargo.models.inspect;

import java.util.List;

/**
 * The contents of a path.
 *
 * @param path     the path as given by the caller
 * @param kind     what it is, e.g. {@code bundle 'pargo-mini'}
 * @param files    number of weight files
 * @param bytes    size of the weight files in bytes
 * @param networks networks and adapters in them
 * @param other    tensors that belong to none of these
 */
public record Report(String path, String kind, int files, long bytes, List<NetworkReport> networks, Contents other) {

    /** Whether there is at least one network, and all networks are complete. */
    public boolean isComplete() {
        return !networks.isEmpty() && networks.stream().allMatch(NetworkReport::isComplete);
    }
}
