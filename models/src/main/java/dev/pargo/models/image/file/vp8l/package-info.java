/**
 * Lossless WebP pictures (the format that RFC 9649 specifies in section 3), which also compress the alpha of lossy
 * pictures.
 *
 * <p>{@link dev.pargo.models.image.file.vp8l.Vp8lDecoder} reads prefix-coded pixels with back references, and then undoes the
 * {@link dev.pargo.models.image.file.vp8l.Transform transforms} that the encoder applied.
 */
@NullMarked
package dev.pargo.models.image.file.vp8l;

import org.jspecify.annotations.NullMarked;
