package dev.pargo.gateway.json;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The values of an object's fields. A field that is absent or null has no value. Immutable. */
public final class Values {

    /** An object without fields. */
    public static final Values NONE = new Values(Map.of(), Set.of());

    private final Map<Field<?>, Object> values;
    private final Set<Field<?>> given;

    Values(Map<Field<?>, Object> values, Set<Field<?>> given) {
        this.values = Map.copyOf(values);
        this.given = Set.copyOf(given);
    }

    /** An object with one field. */
    public static <T> Values of(Field<T> field, T value) {
        return new Values(Map.of(field, value), Set.of(field));
    }

    /** These values with one more field. */
    public <T> Values with(Field<T> field, T value) {
        Map<Field<?>, Object> more = new HashMap<>(values);
        more.put(field, value);
        return new Values(more, more.keySet());
    }

    @SuppressWarnings("unchecked") // Only a field's own type makes its values.
    public <T> @Nullable T get(Field<T> field) {
        return (T) values.get(field);
    }

    /** The value, or the default if there is none. */
    public <T> T get(Field<T> field, T otherwise) {
        @Nullable T value = get(field);
        return value == null ? otherwise : value;
    }

    public boolean has(Field<?> field) {
        return values.containsKey(field);
    }

    /** Whether the field was present and not null. It may still have no value, if it was -1. */
    public boolean isGiven(Field<?> field) {
        return given.contains(field);
    }

    /** Whether a field is true. */
    public boolean is(Field<Boolean> field) {
        return get(field, false);
    }
}
