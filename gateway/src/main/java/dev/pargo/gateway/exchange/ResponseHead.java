package dev.pargo.gateway.exchange;

import java.util.UUID;

/**
 * What all parts of one response have in common.
 *
 * @param id                without the prefix that a route gives it
 * @param created           seconds since 1970
 * @param systemFingerprint of the LLM's weights
 */
public record ResponseHead(String id, long created, String model, String systemFingerprint) {

    /** @param weights fingerprint of the LLM's weights */
    static ResponseHead now(String model, String weights) {
        String id = UUID.randomUUID().toString().replace("-", "");
        return new ResponseHead(id, System.currentTimeMillis() / 1000, model, "fp_" + weights);
    }
}
