/** What the gateway costs: a real gateway in front of stages that answer at once. */
@NullMarked
package dev.pargo.evaluation.bench.gateway;

import org.jspecify.annotations.NullMarked;
