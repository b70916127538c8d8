/**
 * Starts replicated stacks, injects faults while clients check every answer, and reports which promises were kept.
 */
@NullMarked
package dev.pargo.evaluation.chaos;

import org.jspecify.annotations.NullMarked;
