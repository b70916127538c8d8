package dev.pargo.stage.admission;

import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * What a stage admits before it refuses requests.
 *
 * @param maxRequests Most requests in the stage, from header to answer.
 * @param maxSize     Most memory that the requests in the stage may hold together.
 */
public record AdmissionLimits(
        @DefaultValue("128") int maxRequests,
        @DefaultValue("512MB") DataSize maxSize) {

    /** Requests may take at most this fraction of the heap; the rest is for what is computed from them. */
    private static final int HEAP_FRACTION = 3;

    public AdmissionLimits {
        if (maxRequests < 1 || maxSize.toBytes() < 1) {
            throw new IllegalArgumentException(
                    "pargo.stage.admission: max-requests is %d and max-size is %s; both must be positive"
                            .formatted(maxRequests, maxSize));
        }
    }

    /** Returns these limits, reduced to what a heap of this size in bytes allows. */
    public AdmissionLimits inHeap(long bytes) {
        return new AdmissionLimits(
                maxRequests, DataSize.ofBytes(Math.max(1, Math.min(maxSize.toBytes(), bytes / HEAP_FRACTION))));
    }
}
