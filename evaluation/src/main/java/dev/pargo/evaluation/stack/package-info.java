/** Runs the services as users do: as real processes, on loopback ports. */
@NullMarked
package dev.pargo.evaluation.stack;

import org.jspecify.annotations.NullMarked;
