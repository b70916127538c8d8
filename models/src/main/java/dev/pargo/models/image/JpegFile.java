package dev.pargo.models.image;

import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;

/**
 * A JPEG file: baseline or progressive, 8 bits a sample, 1, 3 or 4 components.
 *
 * <p>The JDK's libjpeg decodes the samples, and {@link JpegColors} converts them as libjpeg-turbo does. Application
 * segments (profiles, thumbnails, texts) never reach the decoder, which is strict about their content and would choose
 * the colour conversion by rules of its own.
 */
record JpegFile(Bytes file, int width, int height, JpegColors colors, Orientation orientation) implements EncodedImage {

    private static final int START_OF_FRAME_0 = 0xc0;
    private static final int START_OF_FRAME_2 = 0xc2;
    private static final int HUFFMAN_TABLES = 0xc4;
    private static final int ARITHMETIC_EXTENSION = 0xc8;
    private static final int ARITHMETIC_CONDITIONING = 0xcc;
    private static final int START_OF_FRAME_15 = 0xcf;
    private static final int RESTART_0 = 0xd0;
    private static final int RESTART_7 = 0xd7;
    private static final int START_OF_IMAGE = 0xd8;
    private static final int END_OF_IMAGE = 0xd9;
    private static final int START_OF_SCAN = 0xda;
    private static final int APPLICATION_0 = 0xe0;
    private static final int APPLICATION_1 = 0xe1;
    private static final int APPLICATION_14 = 0xee;
    private static final int APPLICATION_15 = 0xef;
    private static final int COMMENT = 0xfe;

    /** Far above what encoders write; each scan of a progressive file costs a pass over all pixels. */
    private static final int MAX_SCANS = 100;

    static JpegFile parse(Bytes file) {
        boolean jfif = false;
        int adobeTransform = JpegColors.NO_ADOBE_SEGMENT;
        Orientation orientation = Orientation.UPRIGHT;
        int at = marker(file, 2);
        while (!isStartOfFrame(file.u8(at))) {
            int length = segmentLength(file, at);
            switch (file.u8(at)) {
                case APPLICATION_0 -> jfif |= length >= 16 && file.hasText(at + 3, "JFIF\0");
                case APPLICATION_1 -> {
                    if (file.hasText(at + 3, "Exif\0\0")) {
                        orientation = Orientation.of(file.copy(at + 3, length - 2));
                    }
                }
                case APPLICATION_14 -> {
                    if (length >= 14 && file.hasText(at + 3, "Adobe")) {
                        adobeTransform = file.u8(at + 14);
                    }
                }
                case START_OF_IMAGE, START_OF_SCAN, END_OF_IMAGE -> throw ImageException.damaged();
                default -> {}
            }
            at = marker(file, at + 1 + length);
        }
        if (file.u8(at) > START_OF_FRAME_2 || file.u8(at + 3) != 8) {
            throw ImageException.unsupported("JPEG images with lossless or arithmetic coding or 12-bit samples");
        }
        int[] components = new int[file.u8(at + 8)];
        for (int i = 0; i < components.length; i++) {
            components[i] = file.u8(at + 9 + 3 * i);
        }
        JpegColors colors = JpegColors.of(components, jfif, adobeTransform);
        return new JpegFile(file, file.u16be(at + 6), file.u16be(at + 4), colors, orientation);
    }

    @Override
    public Pixels decode(ImageConvention convention) {
        Raster raster = ImageIoReader.JPEG.readRaster(new ByteArrayInputStream(essence()));
        byte[] samples = ((DataBufferByte) raster.getDataBuffer()).getData();
        if (raster.getWidth() != width || samples.length != (long) width * height * colors.components()) {
            throw ImageException.damaged();
        }
        return new Pixels(width, height, colors.toRgb(samples), null);
    }

    /** The file without application segments and whatever follows the image. */
    private byte[] essence() {
        ByteArrayOutputStream kept = new ByteArrayOutputStream(file.length());
        kept.write(0xff);
        kept.write(START_OF_IMAGE);
        int scans = 0;
        int at = marker(file, 2);
        while (file.u8(at) != END_OF_IMAGE) {
            int marker = file.u8(at);
            int end = at + 1 + segmentLength(file, at);
            if (marker == START_OF_SCAN) {
                end = marker(file, end) - 1;
                if (++scans > MAX_SCANS) {
                    throw ImageException.unsupported("JPEG images of more than " + MAX_SCANS + " scans");
                }
            }
            boolean dropped = marker >= APPLICATION_0 && marker <= APPLICATION_15 || marker == COMMENT;
            if (!dropped) {
                kept.write(0xff);
                kept.write(file.array(), at, end - at);
            }
            at = marker(file, end);
        }
        kept.write(0xff);
        kept.write(END_OF_IMAGE);
        return kept.toByteArray();
    }

    /** Where the next marker's code stands at or after a position; stray bytes and fill bytes are skipped. */
    private static int marker(Bytes file, int from) {
        int at = from;
        do {
            while (file.u8(at) != 0xff) {
                at++;
            }
            while (file.u8(at) == 0xff) {
                at++;
            }
        } while (file.u8(at) <= 1 || isRestart(file.u8(at)));
        return at;
    }

    /** Length of the segment at a marker's code, its two length bytes included. */
    private static int segmentLength(Bytes file, int at) {
        int length = file.u16be(at + 1);
        if (length < 2) {
            throw ImageException.damaged();
        }
        return length;
    }

    private static boolean isRestart(int marker) {
        return marker >= RESTART_0 && marker <= RESTART_7;
    }

    private static boolean isStartOfFrame(int marker) {
        return marker >= START_OF_FRAME_0
                && marker <= START_OF_FRAME_15
                && marker != HUFFMAN_TABLES
                && marker != ARITHMETIC_EXTENSION
                && marker != ARITHMETIC_CONDITIONING;
    }
}
