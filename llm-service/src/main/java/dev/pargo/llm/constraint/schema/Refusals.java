package dev.pargo.llm.constraint.schema;

import dev.pargo.llm.constraint.language.FormatException;
import java.util.function.Supplier;

/** Puts the place in the schema before the messages of refusals. */
final class Refusals {

    private Refusals() {}

    /** Does something for a place in the schema. */
    static <T> T at(String path, Supplier<T> work) {
        try {
            return work.get();
        } catch (FormatException e) {
            throw new FormatException("%s %s".formatted(path, e.getMessage()));
        }
    }
}
