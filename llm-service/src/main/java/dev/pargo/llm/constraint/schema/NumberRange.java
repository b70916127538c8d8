package dev.pargo.llm.constraint.schema;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * Bounds of a number.
 *
 * @param min          least value; null for none
 * @param minExclusive whether {@code min} itself is out of bounds
 * @param max          greatest value; null for none
 * @param maxExclusive whether {@code max} itself is out of bounds
 */
record NumberRange(
        @Nullable BigDecimal min,
        boolean minExclusive,
        @Nullable BigDecimal max,
        boolean maxExclusive) {

    static final NumberRange ALL = new NumberRange(null, false, null, false);

    NumberRange atLeast(BigDecimal bound, boolean exclusive) {
        int order = min == null ? 1 : bound.compareTo(min);
        boolean tighter = order > 0 || order == 0 && exclusive;
        return tighter ? new NumberRange(bound, exclusive, max, maxExclusive) : this;
    }

    NumberRange atMost(BigDecimal bound, boolean exclusive) {
        int order = max == null ? -1 : bound.compareTo(max);
        boolean tighter = order < 0 || order == 0 && exclusive;
        return tighter ? new NumberRange(min, minExclusive, bound, exclusive) : this;
    }

    NumberRange and(NumberRange other) {
        NumberRange range = this;
        if (other.min != null) {
            range = range.atLeast(other.min, other.minExclusive);
        }
        if (other.max != null) {
            range = range.atMost(other.max, other.maxExclusive);
        }
        return range;
    }

    boolean isEmpty() {
        if (min == null || max == null) {
            return false;
        }
        int order = min.compareTo(max);
        return order > 0 || order == 0 && (minExclusive || maxExclusive);
    }

    boolean contains(BigDecimal number) {
        int overMin = min == null ? 1 : number.compareTo(min);
        int underMax = max == null ? 1 : max.compareTo(number);
        return (overMin > 0 || overMin == 0 && !minExclusive) && (underMax > 0 || underMax == 0 && !maxExclusive);
    }

    /** The same bounds for the numbers with the sign changed. */
    NumberRange negated() {
        return new NumberRange(
                max == null ? null : max.negate(), maxExclusive, min == null ? null : min.negate(), minExclusive);
    }
}
