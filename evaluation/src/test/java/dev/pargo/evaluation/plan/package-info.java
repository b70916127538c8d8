@NullMarked
package dev.pargo.evaluation.plan;

import org.jspecify.annotations.NullMarked;
