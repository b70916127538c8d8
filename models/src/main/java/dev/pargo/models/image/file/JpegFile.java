package dev.pargo.models.image.file;

import dev.pargo.models.image.ImageConvention;
import dev.pargo.models.image.ImageException;
import java.util.Locale;

/**
 * A JPEG file: baseline or progressive, 8 bits a sample, 1, 3 or 4 components.
 *
 * <p>The JDK's libjpeg decodes the samples, and {@link JpegColors} converts them as libjpeg-turbo does. Application
 * segments (profiles, thumbnails, texts) never reach the decoder, which is strict about their content and would choose
 * the colour conversion by rules of its own.
 */
record JpegFile(JpegFrame frame, JpegColors colors, Orientation orientation, JpegScans scans) implements EncodedImage {

    private static final int BYTES_OF_A_COEFFICIENT = 2;
    private static final int BYTES_OF_RGB = 3;

    /** The time for a scan's tables, in pixels. */
    private static final long LEAST_WORK_OF_A_SCAN = 5_000;

    static JpegFile parse(Bytes file) {
        JpegSegments segments = new JpegSegments(file);
        JpegMetadata metadata = new JpegMetadata(file);
        JpegFrame frame = null;
        while (segments.code() != JpegSegments.START_OF_SCAN) {
            if (JpegFrame.isStartOfFrame(segments.code())) {
                if (frame != null) {
                    throw ImageException.damaged();
                }
                frame = JpegFrame.read(file, segments.at());
            }
            metadata.read(segments);
            if (segments.code() == JpegSegments.END_OF_IMAGE || !segments.next()) {
                throw ImageException.incomplete();
            }
        }
        if (frame == null) {
            throw ImageException.damaged();
        }
        JpegColors colors = JpegColors.of(frame.ids(), metadata.isJfif(), metadata.adobeTransform());
        return new JpegFile(frame, colors, metadata.orientation(), JpegScans.read(file, frame));
    }

    @Override
    public int width() {
        return frame.width();
    }

    @Override
    public int height() {
        return frame.height();
    }

    /** Each scan of a progressive file is a pass over the pixels; then come the transform and the colours. */
    @Override
    public long work() {
        return pixels() + scans.count() * Math.max(pixels(), LEAST_WORK_OF_A_SCAN);
    }

    @Override
    public String workInWords() {
        return String.format(
                Locale.ROOT, "the JPEG image has %d scans of %,d x %,d pixels", scans.count(), width(), height());
    }

    /** Samples and colours on the heap; coefficients of progressive files outside the heap. */
    @Override
    public long memory() {
        int samples = colors.components();
        int coefficients = frame.progressive() || scans.count() > 1 ? BYTES_OF_A_COEFFICIENT * samples : 0;
        return pixels() * (samples + Math.max(BYTES_OF_RGB, coefficients));
    }

    @Override
    public Pixels decode(ImageConvention convention) {
        scans.checkCompleteness();
        byte[] samples = new JpegReader(frame.height(), scans, work()).read();
        if (samples.length != pixels() * colors.components()) {
            throw ImageException.damaged();
        }
        return new Pixels(width(), height(), colors.toRgb(samples, width()), null);
    }
}
