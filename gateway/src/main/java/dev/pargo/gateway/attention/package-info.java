/** Shows where a projector looks: the cross-attention of its query tokens to the patches of an image. */
@NullMarked
package dev.pargo.gateway.attention;

import org.jspecify.annotations.NullMarked;
