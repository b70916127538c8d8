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

    public AdmissionLimits {
        if (maxRequests < 1 || maxSize.toBytes() < 1) {
            throw new IllegalArgumentException(
                    "pargo.stage.admission: max-requests is %d and max-size is %s; both must be positive"
                            .formatted(maxRequests, maxSize));
        }
    }
}
