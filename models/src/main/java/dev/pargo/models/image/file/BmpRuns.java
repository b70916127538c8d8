package dev.pargo.models.image.file;

import dev.pargo.models.image.ImageException;
import dev.pargo.models.image.Interruption;

/**
 * Unpacks the run lengths of a BMP file of 4 or 8 bits a pixel. Pixels that no run covers have the first colour. Not thread-safe.
 */
final class BmpRuns {

    private static final int END_OF_LINE = 0;
    private static final int END_OF_PICTURE = 1;
    private static final int MOVE = 2;

    /** Pixels that two bytes cover at most. */
    private static final long LONGEST_RUN = 255;

    private final Bytes file;
    private final BmpHeader header;
    private final BmpColors colors;
    private final byte[] indices;
    private final boolean nibbles;
    private int at;
    private int x;
    private int y;

    BmpRuns(Bytes file, BmpHeader header) {
        this.file = file;
        this.header = header;
        this.colors = BmpColors.ofPalette(file, header);
        this.nibbles = header.bitsPerPixel() == 4;
        this.at = Math.toIntExact(header.data());
        int pixels = header.width() * header.height();
        long covered = (file.length() - at) / 2 * LONGEST_RUN;
        if (covered < pixels / 2) {
            throw ImageException.incomplete();
        }
        this.indices = new byte[pixels];
    }

    Pixels decode() {
        read();
        int width = header.width();
        int height = header.height();
        PixelRows pixels = new PixelRows(width, height, false);
        pixels.reserve(height);
        for (int row = 0; row < height; row++) {
            Interruption.check();
            int from = (header.topDown() ? row : height - 1 - row) * width;
            for (int column = 0; column < width; column++) {
                pixels.put(row * width + column, colors.argb(indices[from + column] & 0xff));
            }
        }
        return pixels.finish();
    }

    /** Reads runs until the end of the picture or of the file: the end mark may be missing. */
    private void read() {
        while (y < header.height() && at + 2 <= file.length()) {
            int count = file.u8(at);
            int value = file.u8(at + 1);
            at += 2;
            if (count > 0) {
                repeat(count, value);
            } else if (value == END_OF_LINE) {
                x = 0;
                y++;
                Interruption.check();
            } else if (value == END_OF_PICTURE) {
                return;
            } else if (value == MOVE) {
                x += file.u8(at);
                y += file.u8(at + 1);
                at += 2;
            } else {
                copy(value);
            }
        }
        boolean lastRowIsComplete = y == header.height() - 1 && x == header.width();
        if (y < header.height() && !lastRowIsComplete) {
            throw ImageException.incomplete();
        }
    }

    private void repeat(int count, int value) {
        for (int i = 0; i < count; i++) {
            put(nibbles ? (i & 1) == 0 ? value >> 4 : value & 0xf : value);
        }
    }

    /** Copies indices that are stored one by one, padded to an even number of bytes. */
    private void copy(int count) {
        for (int i = 0; i < count; i++) {
            put(nibbles ? file.u8(at + i / 2) >> ((i & 1) == 0 ? 4 : 0) & 0xf : file.u8(at + i));
        }
        int bytes = nibbles ? (count + 1) / 2 : count;
        at += bytes + (bytes & 1);
    }

    private void put(int index) {
        if (x < header.width()) {
            indices[y * header.width() + x] = (byte) index;
            x++;
        }
    }
}
