/** The one thread that works a device. */
@NullMarked
package dev.pargo.stage.device;

import org.jspecify.annotations.NullMarked;
