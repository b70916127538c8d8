package dev.pargo.models.image.file;

import dev.pargo.models.image.ImageException;

/** Walks from marker to marker of a JPEG file. Not thread-safe. */
final class JpegSegments {

    static final int HUFFMAN_TABLES = 0xc4;
    static final int START_OF_IMAGE = 0xd8;
    static final int END_OF_IMAGE = 0xd9;
    static final int START_OF_SCAN = 0xda;
    static final int APPLICATION_0 = 0xe0;
    static final int APPLICATION_15 = 0xef;
    static final int COMMENT = 0xfe;

    private static final int RESTART_0 = 0xd0;
    private static final int RESTART_7 = 0xd7;

    private final Bytes file;
    private int at;
    private int end;

    /** Starts at the first marker after the one that begins the image. */
    JpegSegments(Bytes file) {
        this.file = file;
        this.end = 2;
        if (!next()) {
            throw ImageException.incomplete();
        }
    }

    /** The marker's code. */
    int code() {
        return file.u8(at);
    }

    /** Position of the code; two bytes of length and then the content follow. */
    int at() {
        return at;
    }

    /** Position after the segment; a scan's data begins there. */
    int end() {
        return end;
    }

    /** Length of the segment with its two length bytes. */
    int length() {
        return end - at - 1;
    }

    /** Whether a segment is left out for decoding: application data and comments. */
    boolean isMetadata() {
        return code() >= APPLICATION_0 && code() <= APPLICATION_15 || code() == COMMENT;
    }

    /**
     * Goes to the next marker; stray bytes and fill bytes are skipped, and the data of a scan with its restarts.
     *
     * @return whether there is one before the file ends
     */
    boolean next() {
        int next = end;
        do {
            while (next < file.length() && file.u8(next) != 0xff) {
                next++;
            }
            while (next < file.length() && file.u8(next) == 0xff) {
                next++;
            }
        } while (next < file.length() && !isMarkerOfSegment(file.u8(next)));
        if (next >= file.length()) {
            return false;
        }
        at = next;
        end = segmentEnd();
        return true;
    }

    private static boolean isMarkerOfSegment(int code) {
        return code > 1 && (code < RESTART_0 || code > RESTART_7);
    }

    private int segmentEnd() {
        if (code() == END_OF_IMAGE) {
            return at + 1;
        }
        int length = file.u16be(at + 1);
        if (length < 2 || code() == START_OF_IMAGE) {
            throw ImageException.damaged();
        }
        return at + 1 + length;
    }
}
