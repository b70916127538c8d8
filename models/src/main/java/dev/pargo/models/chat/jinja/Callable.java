package dev.pargo.models.chat.jinja;

import org.jspecify.annotations.Nullable;

/** What a template can call: a function, a macro, or a method of a value. */
interface Callable {

    @Nullable
    Object call(CallArguments arguments, Run run);
}
