/** Tells what checkpoints and bundles hold, from their headers alone. */
@NullMarked
package dev.pargo.models.inspect;

import org.jspecify.annotations.NullMarked;
