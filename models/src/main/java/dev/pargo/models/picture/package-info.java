/** A picture at each stage from pixels to prompt: pieces of any size, and the layout that describes them. */
@NullMarked
package dev.pargo.models.picture;

import org.jspecify.annotations.NullMarked;
