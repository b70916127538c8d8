/** Runs the product as its users do: real processes, loopback ports. */
@NullMarked
package dev.pargo.evaluation.stack;

import org.jspecify.annotations.NullMarked;
