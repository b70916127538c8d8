/** Who may know whom. */
@NullMarked
package dev.pargo.evaluation.architecture;

import org.jspecify.annotations.NullMarked;
