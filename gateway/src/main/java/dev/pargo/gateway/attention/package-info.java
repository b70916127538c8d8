/** Where a projector looks: the cross-attention of its query tokens over the patches of an image. */
@NullMarked
package dev.pargo.gateway.attention;

import org.jspecify.annotations.NullMarked;
