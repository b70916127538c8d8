package dev.pargo.gateway.decoding;

import dev.pargo.gateway.error.GatewayException;
import dev.pargo.gateway.json.Field;

/** Checks of values against what the model can do, which is not known while the request is read. */
public final class Bounds {

    private Bounds() {}

    /** The value, which has its field's own bounds already. */
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
