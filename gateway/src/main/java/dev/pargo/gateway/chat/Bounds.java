package dev.pargo.gateway.chat;

import dev.pargo.gateway.error.GatewayException;
import java.util.Collection;

/** Checks values of a request. What lies outside its range ends the request with the field's name and the range. */
final class Bounds {

    private Bounds() {}

    static double between(String field, double value, int least, int most) {
        if (!(value >= least && value <= most)) {
            throw invalid(field, "%s must be between %d and %d".formatted(field, least, most));
        }
        return value;
    }

    static int between(String field, int value, int least, int most) {
        return (int) between(field, (double) value, least, most);
    }

    /** For factors, where zero makes no sense; neither does what the wire's float makes zero of. */
    static double aboveZero(String field, double value, int most) {
        if (!((float) value > 0 && value <= most)) {
            throw invalid(field, "%s must be above 0 and at most %d".formatted(field, most));
        }
        return value;
    }

    static int atLeast(String field, int value, int least) {
        if (value < least) {
            throw invalid(
                    field,
                    least == 0 ? field + " must not be negative" : "%s must be at least %d".formatted(field, least));
        }
        return value;
    }

    /** @param items what there are too many of, in the plural */
    static void atMost(String field, Collection<?> values, int most, String items) {
        if (values.size() > most) {
            throw invalid(field, "%s may have at most %d %s".formatted(field, most, items));
        }
    }

    static GatewayException invalid(String field, String message) {
        return GatewayException.invalid(field, "invalid_value", message);
    }
}
