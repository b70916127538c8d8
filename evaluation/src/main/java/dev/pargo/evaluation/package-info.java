@NullMarked
package dev.pargo.evaluation;

import org.jspecify.annotations.NullMarked;
