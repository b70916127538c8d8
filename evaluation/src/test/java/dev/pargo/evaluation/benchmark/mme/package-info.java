@NullMarked
package dev.pargo.evaluation.benchmark.mme;

import org.jspecify.annotations.NullMarked;
