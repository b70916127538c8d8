package dev.pargo.gateway.picture;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.regex.Pattern;

/** Recognises supported picture formats by the first bytes of a file. */
final class PictureStart {

    /** Number of bytes that are needed. */
    static final int BYTES = 12;

    private static final Pattern FORMATS =
            Pattern.compile("(\u0089PNG\r\n\u001a\n|\u00ff\u00d8\u00ff|GIF8|BM|RIFF.{4}WEBP).*", Pattern.DOTALL);

    private PictureStart() {}

    /** @param bytes at least {@link #BYTES} of them, or the whole file */
    static boolean isAt(byte[] bytes, int size) {
        return FORMATS.matcher(new String(bytes, 0, Math.min(size, BYTES), ISO_8859_1))
                .matches();
    }
}
