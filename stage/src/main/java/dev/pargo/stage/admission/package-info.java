/** How much a stage admits before it refuses requests. */
@NullMarked
package dev.pargo.stage.admission;

import org.jspecify.annotations.NullMarked;
