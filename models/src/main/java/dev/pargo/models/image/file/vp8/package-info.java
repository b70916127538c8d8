/**
 * Lossy WebP pictures: the key frames of VP8 (RFC 6386), decoded to the same pixels as libwebp with its default
 * settings (fancy upsampling, no dithering).
 *
 * <p>A frame is read in three passes over whole planes: {@link dev.pargo.models.image.file.vp8.Vp8Decoder} reconstructs all
 * macroblocks from prediction and residuals, {@link dev.pargo.models.image.file.vp8.LoopFilter} smooths their edges, and
 * {@link dev.pargo.models.image.file.vp8.YuvToRgb} converts rows to RGB. Prediction reads unfiltered pixels, therefore the
 * filter can wait until the frame is complete.
 */
@NullMarked
package dev.pargo.models.image.file.vp8;

import org.jspecify.annotations.NullMarked;
