package dev.pargo.llm.constraint.schema;

import dev.pargo.llm.constraint.language.FormatException;
import java.util.function.Supplier;

/** Adds the path in the schema to the messages of refusals. */
final class Refusals {

    private Refusals() {}

    /** Runs a task for a path in the schema. */
    static <T> T at(String path, Supplier<T> work) {
        try {
            return work.get();
        } catch (FormatException e) {
            throw new FormatException("%s %s".formatted(path, e.getMessage()));
        }
    }
}
