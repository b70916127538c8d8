/**
 * Lossless WebP pictures (the format that RFC 9649 specifies in section 3), which are also how the alpha of lossy
 * pictures is compressed.
 *
 * <p>{@link dev.pargo.models.image.file.vp8l.Vp8lDecoder} reads prefix-coded pixels with back references, and then undoes the
 * {@link dev.pargo.models.image.file.vp8l.Transform transforms} that the encoder applied.
 */
@NullMarked
package dev.pargo.models.image.file.vp8l;

import org.jspecify.annotations.NullMarked;
