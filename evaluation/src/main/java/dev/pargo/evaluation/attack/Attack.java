package dev.pargo.evaluation.attack;

import java.io.IOException;

/**
 * Something that must not hurt a stack.
 *
 * @param name what is done
 */
record Attack(String name, Assault assault) {

    /** What is done. */
    @FunctionalInterface
    interface Assault {

        /** Does it, within bounds of count and time. */
        void launch(Target target) throws IOException, InterruptedException;
    }
}
