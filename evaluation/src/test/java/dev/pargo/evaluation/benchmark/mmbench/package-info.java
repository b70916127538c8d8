@NullMarked
package dev.pargo.evaluation.benchmark.mmbench;

import org.jspecify.annotations.NullMarked;
