/** A service that turns patch features into visual tokens. */
@NullMarked
package dev.pargo.projector;

import org.jspecify.annotations.NullMarked;
