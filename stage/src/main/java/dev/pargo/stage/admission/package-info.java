/** How much a stage takes in before it refuses. */
@NullMarked
package dev.pargo.stage.admission;

import org.jspecify.annotations.NullMarked;
