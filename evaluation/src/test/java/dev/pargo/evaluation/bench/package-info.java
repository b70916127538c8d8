@NullMarked
package dev.pargo.evaluation.bench;

import org.jspecify.annotations.NullMarked;
