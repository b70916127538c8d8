@NullMarked
package dev.pargo.evaluation.compare;

import org.jspecify.annotations.NullMarked;
