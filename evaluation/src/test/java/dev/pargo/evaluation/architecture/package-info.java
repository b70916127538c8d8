/** The rules of the architecture: which module may use which. */
@NullMarked
package dev.pargo.evaluation.architecture;

import org.jspecify.annotations.NullMarked;
