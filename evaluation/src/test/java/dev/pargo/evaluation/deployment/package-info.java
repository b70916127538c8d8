/** The files that deploy the stack. */
@NullMarked
package dev.pargo.evaluation.deployment;

import org.jspecify.annotations.NullMarked;
