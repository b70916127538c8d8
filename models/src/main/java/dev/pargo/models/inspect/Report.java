package dev.pargo.models.inspect;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The contents of a path.
 *
 * @param path     the path as given by the caller
 * @param kind     what it is, e.g. {@code bundle 'pargo-mini'}
 * @param files    number of weight files
 * @param bytes    size of the weight files in bytes
 * @param networks networks and adapters in them
 * @param other    tensors that belong to none of these
 * @param prompt   how a bundle writes conversations; null for what is no bundle
 */
public record Report(
        String path,
        String kind,
        int files,
        long bytes,
        List<NetworkReport> networks,
        Contents other,
        @Nullable PromptReport prompt) {

    /** Whether there is at least one network, all networks are complete, and a bundle can write a conversation. */
    public boolean isComplete() {
        return !networks.isEmpty()
                && networks.stream().allMatch(NetworkReport::isComplete)
                && (prompt == null || prompt.problem() == null);
    }
}
