/** Vision encoders: networks that turn pixels into patch features. */
@NullMarked
package dev.pargo.models.vision;

import org.jspecify.annotations.NullMarked;
