package dev.pargo.gateway.exchange;

import java.util.UUID;

/**
 * The common fields of all parts of one response.
 *
 * @param id                id without the route's prefix
 * @param created           seconds since 1970
 * @param systemFingerprint fingerprint of the LLM's weights
 */
public record ResponseHead(String id, long created, String model, String systemFingerprint) {

    /** @param weights fingerprint of the LLM's weights */
    static ResponseHead now(String model, String weights) {
        String id = UUID.randomUUID().toString().replace("-", "");
        return new ResponseHead(id, System.currentTimeMillis() / 1000, model, "fp_" + weights);
    }
}
