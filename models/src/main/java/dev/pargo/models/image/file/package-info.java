/**
 * From the bytes of an image file to its pixels: the format is recognised, the header is checked against limits, and
 * the pixels are decoded as Pillow does.
 *
 * <p>{@link dev.pargo.models.image.file.ImageDecoder} is the entry point. Each format has a class that reads its header
 * and implements {@link dev.pargo.models.image.file.EncodedImage}; classes that begin with the format's name decode it.
 */
@NullMarked
package dev.pargo.models.image.file;

import org.jspecify.annotations.NullMarked;
