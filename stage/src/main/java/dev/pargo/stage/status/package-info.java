/** What a stage reports about itself: health, info, metrics. */
@NullMarked
package dev.pargo.stage.status;

import org.jspecify.annotations.NullMarked;
