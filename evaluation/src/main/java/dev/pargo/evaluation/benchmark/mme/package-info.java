/** MME: yes or no, two questions a picture. */
@NullMarked
package dev.pargo.evaluation.benchmark.mme;

import org.jspecify.annotations.NullMarked;
