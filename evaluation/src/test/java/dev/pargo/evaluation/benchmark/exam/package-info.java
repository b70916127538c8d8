@NullMarked
package dev.pargo.evaluation.benchmark.exam;

import org.jspecify.annotations.NullMarked;
