package dev.pargo.models.image.file;

import java.io.ByteArrayOutputStream;

/** Reads colours and orientation from the application segments of a JPEG file. Not thread-safe. */
final class JpegMetadata {

    private static final int APPLICATION_1 = 0xe1;
    private static final int APPLICATION_14 = 0xee;

    private static final String JFIF = "JFIF\0";
    private static final String ADOBE = "Adobe";
    private static final String EXIF = "Exif\0\0";
    private static final String XMP = "http://ns.adobe.com/xap/1.0/\0";

    private final Bytes file;
    private final ByteArrayOutputStream exif = new ByteArrayOutputStream();
    private byte[] xmp = {};
    private boolean jfif;
    private int adobeTransform = JpegColors.NO_ADOBE_SEGMENT;

    JpegMetadata(Bytes file) {
        this.file = file;
    }

    /** Reads the current segment. */
    void read(JpegSegments segment) {
        int content = segment.at() + 3;
        int length = segment.length() - 2;
        switch (segment.code()) {
            case JpegSegments.APPLICATION_0 -> jfif |= length >= 14 && file.hasText(content, JFIF);
            case APPLICATION_14 -> {
                if (length >= 12 && file.hasText(content, ADOBE)) {
                    adobeTransform = file.u8(content + 11);
                }
            }
            case APPLICATION_1 -> {
                if (length >= EXIF.length() && file.hasText(content, EXIF)) {
                    // Data that is too long for one segment goes on in the next.
                    exif.writeBytes(file.copy(content + EXIF.length(), length - EXIF.length()));
                } else if (length >= XMP.length() && file.hasText(content, XMP) && xmp.length == 0) {
                    xmp = file.copy(content + XMP.length(), length - XMP.length());
                }
            }
            default -> {}
        }
    }

    boolean isJfif() {
        return jfif;
    }

    int adobeTransform() {
        return adobeTransform;
    }

    Orientation orientation() {
        return Orientation.of(exif.toByteArray(), xmp);
    }
}
