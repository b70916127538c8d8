package dev.pargo.models.chat.jinja;

import org.jspecify.annotations.Nullable;

/** A parsed expression. Thread-safe. */
interface Expression {

    @Nullable
    Object value(Scope scope);
}
