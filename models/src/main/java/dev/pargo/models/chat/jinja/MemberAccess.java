package dev.pargo.models.chat.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Attributes, items and slices of values. */
final class MemberAccess {

    private MemberAccess() {}

    /** {@code value.name}: a method, or else an item. */
    static @Nullable Object attribute(@Nullable Object value, String name) {
        if (value instanceof Undefined undefined) {
            throw undefined.missing();
        }
        if (value instanceof Namespace namespace) {
            return namespace.attributes().containsKey(name)
                    ? namespace.attributes().get(name)
                    : new Undefined(name);
        }
        Callable method = Methods.of(value, name);
        return method != null ? method : item(value, name);
    }

    /** {@code value[key]}. */
    static @Nullable Object item(@Nullable Object value, @Nullable Object key) {
        if (value instanceof Undefined undefined) {
            throw undefined.missing();
        }
        if (value instanceof Map<?, ?> map && map.containsKey(key)) {
            return map.get(key);
        }
        if (value instanceof Namespace && key instanceof String name) {
            return attribute(value, name);
        }
        if (Python.isInteger(key) && (value instanceof List<?> || value instanceof String)) {
            List<@Nullable Object> items = Python.items(value);
            int index = Python.integer(key);
            int at = index < 0 ? index + items.size() : index;
            return at >= 0 && at < items.size() ? items.get(at) : new Undefined(Python.str(key));
        }
        return new Undefined(Python.str(key));
    }

    /** {@code value[from:to:step]}; null for a part that is left out. */
    static Object slice(@Nullable Object value, @Nullable Object from, @Nullable Object to, @Nullable Object step) {
        if (!(value instanceof List<?>) && !(value instanceof String)) {
            throw new JinjaException("%s has no slices".formatted(Python.kind(value)));
        }
        List<@Nullable Object> items = Python.items(value);
        int stride = step == null ? 1 : Python.integer(step);
        if (stride == 0) {
            throw new JinjaException("the step of a slice is 0");
        }
        int size = items.size();
        int begin = from == null ? stride > 0 ? 0 : size - 1 : bound(Python.integer(from), size, stride);
        int end = to == null ? stride > 0 ? size : -1 : bound(Python.integer(to), size, stride);
        List<@Nullable Object> slice = new ArrayList<>();
        for (int i = begin; stride > 0 ? i < end : i > end; i += stride) {
            slice.add(items.get(i));
        }
        if (value instanceof String) {
            StringBuilder text = new StringBuilder();
            slice.forEach(text::append);
            return text.toString();
        }
        return slice;
    }

    private static int bound(int index, int size, int stride) {
        int at = index < 0 ? index + size : index;
        return stride > 0 ? Math.max(0, Math.min(at, size)) : Math.max(-1, Math.min(at, size - 1));
    }
}
