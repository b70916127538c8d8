package dev.pargo.models.chat.jinja;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The arguments of a call. */
record CallArguments(List<@Nullable Object> positional, Map<String, @Nullable Object> named) {

    static final CallArguments NONE = new CallArguments(List.of(), Map.of());

    /** The argument at a position or with a name. */
    @Nullable
    Object get(int position, String name, @Nullable Object otherwise) {
        return position < positional.size() ? positional.get(position) : named.getOrDefault(name, otherwise);
    }

    /** @throws JinjaException if the argument is missing */
    @Nullable
    Object get(int position, String name) {
        if (position >= positional.size() && !named.containsKey(name)) {
            throw new JinjaException("the argument '%s' is missing".formatted(name));
        }
        return get(position, name, null);
    }

    boolean has(int position, String name) {
        return position < positional.size() || named.containsKey(name);
    }

    /** Without the first positional argument. */
    CallArguments rest() {
        return new CallArguments(positional.subList(1, positional.size()), named);
    }
}
