package dev.pargo.models.image.file;

import dev.pargo.models.image.ImageConvention;
import dev.pargo.models.image.ImageException;
import dev.pargo.models.image.file.vp8.Vp8Decoder;
import dev.pargo.models.image.file.vp8l.Vp8lDecoder;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A WebP file: lossy or lossless, with or without alpha. Of an animation, the first frame is decoded on its canvas.
 * Profiles are not applied.
 *
 * @param width  width of the canvas
 * @param height height of the canvas
 * @param frame  the picture's place on the canvas
 */
record WebpFile(Bytes file, int width, int height, Frame frame) implements EncodedImage {

    private static final long BYTES_OF_CODES = 32 << 20;

    private static final int FILE_HEADER = 12;
    private static final int FRAME_HEADER = 16;
    /** The picture's {@code VP8 } or {@code VP8L} chunk, its {@code ALPH} chunk, and its place on the canvas. */
    record Frame(
            int left,
            int top,
            int width,
            int height,
            Chunk picture,
            @Nullable Chunk alpha,
            boolean isLossless) {}

    /** Position of a chunk in the file, including its header (type and length). */
    record Chunk(int at, int length) {

        int payload() {
            return at + 8;
        }

        int payloadLength() {
            return length - 8;
        }
    }

    static WebpFile parse(Bytes file) {
        int end = riffEnd(file);
        Chunk animation = find(file, "ANMF", FILE_HEADER, end);
        Frame frame = animation == null
                ? frame(file, 0, 0, FILE_HEADER, end)
                : frame(
                        file,
                        2 * file.u24le(animation.payload()),
                        2 * file.u24le(animation.payload() + 3),
                        animation.payload() + FRAME_HEADER,
                        animation.at + animation.length);
        Chunk canvas = find(file, "VP8X", FILE_HEADER, end);
        if (canvas == null) {
            return new WebpFile(file, frame.width, frame.height, frame);
        }
        int width = 1 + file.u24le(canvas.payload() + 4);
        int height = 1 + file.u24le(canvas.payload() + 7);
        boolean fits = animation == null
                ? frame.width == width && frame.height == height
                : frame.width <= width - frame.left && frame.height <= height - frame.top;
        if (!fits) {
            throw ImageException.damaged();
        }
        return new WebpFile(file, width, height, frame);
    }

    private static Frame frame(Bytes file, int left, int top, int from, int end) {
        Chunk alpha = find(file, "ALPH", from, end);
        Chunk lossy = find(file, "VP8 ", from, end);
        if (lossy != null) {
            int at = lossy.payload() + 6;
            return new Frame(left, top, file.u16le(at) & 0x3fff, file.u16le(at + 2) & 0x3fff, lossy, alpha, false);
        }
        Chunk lossless = find(file, "VP8L", from, end);
        if (lossless == null) {
            throw ImageException.damaged();
        }
        int size = file.i32le(lossless.payload() + 1);
        return new Frame(left, top, 1 + (size & 0x3fff), 1 + (size >> 14 & 0x3fff), lossless, null, true);
    }

    /** Lossless pictures also need the tables of their codes. */
    @Override
    public long memory() {
        return EncodedImage.super.memory() + (frame.isLossless || frame.alpha != null ? BYTES_OF_CODES : 0);
    }

    @Override
    public Orientation orientation() {
        return Orientation.of(content("EXIF"), content("XMP "));
    }

    private byte @Nullable [] content(String type) {
        Chunk chunk = find(file, type, FILE_HEADER, riffEnd(file));
        return chunk == null ? null : file.copy(chunk.payload(), chunk.payloadLength());
    }

    @Override
    public Pixels decode(ImageConvention convention) {
        boolean keepAlpha = convention == ImageConvention.NATURAL;
        Pixels pixels = frame.isLossless() ? lossless(keepAlpha) : lossy(keepAlpha);
        return pixels.onCanvas(width, height, frame.left, frame.top, keepAlpha);
    }

    private Pixels lossy(boolean keepAlpha) {
        byte[] rgb = Vp8Decoder.decode(file.array(), frame.picture.payload(), frame.picture.payloadLength());
        byte[] alpha = keepAlpha && frame.alpha != null
                ? WebpAlpha.decode(file, frame.alpha.payload(), frame.alpha.payloadLength(), frame.width, frame.height)
                : null;
        return new Pixels(frame.width, frame.height, rgb, alpha);
    }

    private Pixels lossless(boolean keepAlpha) {
        int[] argb = Vp8lDecoder.decode(
                file.array(), frame.picture.payload(), frame.picture.payloadLength(), frame.width, frame.height);
        return Pixels.of(frame.width, frame.height, argb, keepAlpha);
    }

    private static int padded(int length) {
        return length + (length & 1);
    }

    private static int riffEnd(Bytes file) {
        int length = file.i32le(4);
        Objects.checkFromIndexSize(8, length, file.length());
        return 8 + length;
    }

    /** The first chunk of a type between two positions. */
    private static @Nullable Chunk find(Bytes file, String type, int from, int end) {
        int at = from;
        while (at + 8 <= end) {
            int length = file.i32le(at + 4);
            Objects.checkFromIndexSize(at + 8, length, end);
            if (file.hasText(at, type)) {
                return new Chunk(at, 8 + length);
            }
            at += 8 + padded(length);
        }
        return null;
    }
}
