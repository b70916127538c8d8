/** A picture on its way from pixels to prompt: pieces of any size, and the layout that says what they are. */
@NullMarked
package dev.pargo.models.picture;

import org.jspecify.annotations.NullMarked;
