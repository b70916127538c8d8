package dev.pargo.models.chat.jinja;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code loop}: the position of a loop. */
final class LoopVariable {

    private LoopVariable() {}

    static Map<String, @Nullable Object> of(List<@Nullable Object> items, int index) {
        int size = items.size();
        Map<String, @Nullable Object> loop = new HashMap<>();
        loop.put("index", index + 1L);
        loop.put("index0", (long) index);
        loop.put("revindex", (long) size - index);
        loop.put("revindex0", size - index - 1L);
        loop.put("first", index == 0);
        loop.put("last", index == size - 1);
        loop.put("length", (long) size);
        loop.put("previtem", index == 0 ? new Undefined("previtem") : items.get(index - 1));
        loop.put("nextitem", index == size - 1 ? new Undefined("nextitem") : items.get(index + 1));
        loop.put("cycle", (Callable) (arguments, run) ->
                arguments.positional().get(index % arguments.positional().size()));
        return loop;
    }
}
