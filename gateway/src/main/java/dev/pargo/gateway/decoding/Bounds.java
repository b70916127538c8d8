package dev.pargo.gateway.decoding;

import dev.pargo.gateway.error.GatewayException;
import dev.pargo.gateway.json.Field;

/** Checks values against the model's limits, which are not known while the request is read. */
public final class Bounds {

    private Bounds() {}

    /** Returns the value. The bounds of its field are checked already. */
    public static int atMost(Field<Long> field, long value, int most) {
        if (value > most) {
            throw invalid(field.name(), "%s must be at most %d with this model".formatted(field.name(), most));
        }
        return (int) value;
    }

    public static GatewayException invalid(String field, String message) {
        return GatewayException.invalid(field, "invalid_value", message);
    }
}
