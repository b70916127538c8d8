package dev.pargo.models.image.file;

import dev.pargo.models.image.ImageException;
import java.util.Iterator;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Unpacks the rows of a PNG file one by one and undoes their filters. Must be closed. Not thread-safe. */
final class PngScanlines implements AutoCloseable {

    private static final int NONE = 0;
    private static final int LEFT = 1;
    private static final int ABOVE = 2;
    private static final int MEAN = 3;
    private static final int PAETH = 4;

    private final Inflater inflater = new Inflater();
    private final Iterator<Part> parts;
    private final int bytesPerPixel;
    private final byte[] filter = new byte[1];
    private byte[] row = {};
    private byte[] above = {};

    /** A piece of the compressed data. */
    record Part(byte[] file, int at, int length) {}

    PngScanlines(List<Part> parts, int bytesPerPixel) {
        this.parts = parts.iterator();
        this.bytesPerPixel = bytesPerPixel;
    }

    /** Starts a pass with rows of another length. Its first row has no row above it. */
    void startPass(int length) {
        row = new byte[length];
        above = new byte[length];
    }

    /**
     * Reads the next row.
     *
     * @return the row's bytes, to be used before the next call
     * @throws ImageException if the data is damaged or ends too early
     */
    byte[] next() {
        byte[] oldest = above;
        above = row;
        row = oldest;
        inflate(filter);
        inflate(row);
        undoFilter();
        return row;
    }

    private void inflate(byte[] target) {
        int filled = 0;
        try {
            while (filled < target.length) {
                int count = inflater.inflate(target, filled, target.length - filled);
                filled += count;
                if (count == 0) {
                    feed();
                }
            }
        } catch (DataFormatException e) {
            throw ImageException.damaged(e);
        }
    }

    private void feed() {
        if (inflater.finished() || !parts.hasNext()) {
            throw ImageException.incomplete();
        }
        if (inflater.needsDictionary()) {
            throw ImageException.damaged();
        }
        Part part = parts.next();
        inflater.setInput(part.file, part.at, part.length);
    }

    private void undoFilter() {
        switch (filter[0]) {
            case NONE -> {}
            case LEFT -> addLeft();
            case ABOVE -> addAbove();
            case MEAN -> addMean();
            case PAETH -> addPaeth();
            default -> throw ImageException.damaged();
        }
    }

    private void addLeft() {
        for (int i = bytesPerPixel; i < row.length; i++) {
            row[i] += row[i - bytesPerPixel];
        }
    }

    private void addAbove() {
        for (int i = 0; i < row.length; i++) {
            row[i] += above[i];
        }
    }

    private void addMean() {
        int first = Math.min(bytesPerPixel, row.length);
        for (int i = 0; i < first; i++) {
            row[i] += (byte) ((above[i] & 0xff) >> 1);
        }
        for (int i = first; i < row.length; i++) {
            row[i] += (byte) ((row[i - bytesPerPixel] & 0xff) + (above[i] & 0xff) >> 1);
        }
    }

    private void addPaeth() {
        int first = Math.min(bytesPerPixel, row.length);
        for (int i = 0; i < first; i++) {
            row[i] += above[i];
        }
        for (int i = first; i < row.length; i++) {
            int left = row[i - bytesPerPixel] & 0xff;
            int up = above[i] & 0xff;
            int corner = above[i - bytesPerPixel] & 0xff;
            int toLeft = Math.abs(up - corner);
            int toUp = Math.abs(left - corner);
            int toCorner = Math.abs(left + up - 2 * corner);
            int nearest = toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner;
            row[i] += (byte) nearest;
        }
    }

    @Override
    public void close() {
        inflater.end();
    }
}
