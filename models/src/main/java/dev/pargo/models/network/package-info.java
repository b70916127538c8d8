/** A network: its dimensions, the files that hold its weights, and what they become on a device. */
@NullMarked
package dev.pargo.models.network;

import org.jspecify.annotations.NullMarked;
