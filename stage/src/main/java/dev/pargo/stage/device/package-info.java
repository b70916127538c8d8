/** The only thread that uses a device, and its watchdog. */
@NullMarked
package dev.pargo.stage.device;

import org.jspecify.annotations.NullMarked;
