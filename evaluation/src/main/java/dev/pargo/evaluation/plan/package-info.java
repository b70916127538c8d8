/** How many replicas of each stage a load needs, computed from measured times. */
@NullMarked
package dev.pargo.evaluation.plan;

import org.jspecify.annotations.NullMarked;
