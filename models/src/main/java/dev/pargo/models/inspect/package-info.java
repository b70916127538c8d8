/** Reports what checkpoints and bundles contain. Reads only their headers. */
@NullMarked
package dev.pargo.models.inspect;

import org.jspecify.annotations.NullMarked;
