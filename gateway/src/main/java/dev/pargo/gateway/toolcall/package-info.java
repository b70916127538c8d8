/** Finds the calls of tools in what a model has written. */
@NullMarked
package dev.pargo.gateway.toolcall;

import org.jspecify.annotations.NullMarked;
