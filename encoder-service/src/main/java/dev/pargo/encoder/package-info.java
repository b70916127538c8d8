/** A service that turns image files into patch features. */
@NullMarked
package dev.pargo.encoder;

import org.jspecify.annotations.NullMarked;
