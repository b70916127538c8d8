/** The same questions to several models, side by side. */
@NullMarked
package dev.pargo.evaluation.compare;

import org.jspecify.annotations.NullMarked;
