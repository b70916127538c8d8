package dev.pargo.evaluation.attack;

import java.io.IOException;

/**
 * An attack that must not harm a stack.
 *
 * @param name what the attack does, for the report
 */
record Attack(String name, Assault assault) {

    /** The attack itself. */
    @FunctionalInterface
    interface Assault {

        /** Runs the attack, bounded in count and time. */
        void launch(StackUnderAttack target) throws IOException, InterruptedException;
    }
}
