package dev.pargo.models.chat.jinja;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The variables of a template, a macro or one round of a loop. Variables that are set here are not visible outside. Not
 * thread-safe.
 */
final class Scope {

    private final @Nullable Scope outer;
    private final Run run;
    private final Map<String, @Nullable Object> variables = new HashMap<>();

    private Scope(@Nullable Scope outer, Run run) {
        this.outer = outer;
        this.run = run;
    }

    static Scope global(Run run) {
        return new Scope(null, run);
    }

    Scope inner() {
        return new Scope(this, run);
    }

    /** The outermost scope, which is visible in macros. */
    Scope top() {
        return outer == null || outer.outer == null ? this : outer.top();
    }

    void set(String name, @Nullable Object value) {
        variables.put(name, value);
    }

    @Nullable
    Object get(String name) {
        for (Scope scope = this; scope != null; scope = scope.outer) {
            if (scope.variables.containsKey(name)) {
                return scope.variables.get(name);
            }
        }
        return new Undefined(name);
    }

    Run run() {
        return run;
    }
}
