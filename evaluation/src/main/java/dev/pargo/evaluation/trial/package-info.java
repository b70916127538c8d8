/** What trials of a whole stack have in common: their options, and the report of which promises were kept. */
@NullMarked
package dev.pargo.evaluation.trial;

import org.jspecify.annotations.NullMarked;
