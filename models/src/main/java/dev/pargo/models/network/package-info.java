/** A network: its dimensions, the files with its weights, and the loaded network on a device. */
@NullMarked
package dev.pargo.models.network;

import org.jspecify.annotations.NullMarked;
