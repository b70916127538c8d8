package dev.pargo.models.image.file;

import dev.pargo.models.image.ImageException;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/**
 * The scans of a JPEG file, found by their markers; their data is not decoded. Not thread-safe while it is read.
 */
final class JpegScans {

    private static final int COEFFICIENTS = 64;
    private static final int NEVER_SEEN = 16;

    /**
     * Smallest number of bits of a block: the code of its first coefficient, and in a baseline file the code of its
     * end.
     */
    private static final int PROGRESSIVE_BITS = 1;

    private static final int BASELINE_BITS = 2;

    private final JpegFrame frame;
    private final ByteArrayOutputStream essence;
    private int count;
    private boolean ended;

    /** [component, coefficient]: bits that are not in the scans read so far. */
    private final byte[][] missingBits;

    /** [component] whether the first scan with it has data for at least half of its blocks. */
    private final boolean[] plausible;

    private JpegScans(int length, JpegFrame frame) {
        this.frame = frame;
        this.essence = new ByteArrayOutputStream(length);
        this.missingBits = new byte[frame.ids().length][COEFFICIENTS];
        this.plausible = new boolean[frame.ids().length];
        for (byte[] bits : missingBits) {
            Arrays.fill(bits, (byte) NEVER_SEEN);
        }
    }

    static JpegScans read(Bytes file, JpegFrame frame) {
        JpegScans scans = new JpegScans(file.length(), frame);
        scans.keepMarker(JpegSegments.START_OF_IMAGE);
        JpegSegments segments = new JpegSegments(file);
        boolean more = true;
        while (more && segments.code() != JpegSegments.END_OF_IMAGE) {
            int from = segments.at();
            int header = segments.end();
            boolean isScan = segments.code() == JpegSegments.START_OF_SCAN;
            boolean isKept = !segments.isMetadata();
            more = segments.next();
            int end = !isScan ? header : more ? segments.at() - 1 : file.length();
            if (isScan) {
                scans.note(file, from, end - header);
            }
            if (isKept) {
                scans.essence.write(0xff);
                scans.essence.write(file.array(), from, end - from);
            }
        }
        scans.ended = more;
        scans.keepMarker(JpegSegments.END_OF_IMAGE);
        return scans;
    }

    private void keepMarker(int code) {
        essence.write(0xff);
        essence.write(code);
    }

    /** Records which coefficients a scan contains. */
    private void note(Bytes file, int at, int dataLength) {
        count++;
        int components = file.u8(at + 3);
        int selection = at + 4 + 2 * components;
        int first = file.u8(selection);
        int last = file.u8(selection + 1);
        int lowBits = file.u8(selection + 2) & 0xf;
        long blocks = 0;
        for (int i = 0; i < components; i++) {
            int component = component(file.u8(at + 4 + 2 * i));
            blocks += frame.blocks(component);
            boolean whole = !frame.progressive();
            for (int k = whole ? 0 : first; k <= (whole ? COEFFICIENTS - 1 : Math.min(last, COEFFICIENTS - 1)); k++) {
                missingBits[component][k] = (byte) (whole ? 0 : lowBits);
            }
        }
        if (first == 0) {
            long bits = blocks * (frame.progressive() ? PROGRESSIVE_BITS : BASELINE_BITS);
            for (int i = 0; i < components; i++) {
                plausible[component(file.u8(at + 4 + 2 * i))] |= 2 * 8L * dataLength >= bits;
            }
        }
    }

    private int component(int id) {
        for (int i = 0; i < frame.ids().length; i++) {
            if (frame.ids()[i] == id) {
                return i;
            }
        }
        throw ImageException.damaged();
    }

    int count() {
        return count;
    }

    /** Whether the file has its end marker. */
    boolean isEnded() {
        return ended;
    }

    /**
     * Checks before anything is allocated that the scans can fill the picture.
     *
     * @throws ImageException if most of the picture is missing, or the file ends before the last scan
     */
    void checkCompleteness() {
        for (int component = 0; component < plausible.length; component++) {
            boolean complete = true;
            for (byte bits : missingBits[component]) {
                complete &= bits == 0;
            }
            if (!plausible[component] || !ended && !complete) {
                throw ImageException.incomplete();
            }
        }
    }

    /** The file with an end marker, without application segments, comments and data after the image. */
    byte[] essence() {
        return essence.toByteArray();
    }
}
