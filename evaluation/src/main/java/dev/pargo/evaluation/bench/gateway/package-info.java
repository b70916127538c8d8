/** Measures what the gateway costs, with a real gateway in front of stages that answer at once. */
@NullMarked
package dev.pargo.evaluation.bench.gateway;

import org.jspecify.annotations.NullMarked;
