@NullMarked
package dev.pargo.evaluation.benchmark.choice;

import org.jspecify.annotations.NullMarked;
