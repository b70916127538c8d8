package dev.pargo.models.image.file;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Collectors;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * EXIF data as ImageMagick writes it into a text of a PNG file: a line feed, a line with its kind, a line with its length, and
 * hexadecimal digits in lines.
 */
final class PngRawProfile {

    private static final String KEYWORD = "Raw profile type exif\0";

    /** Enough of the text: the orientation is in the first directory. */
    private static final int MOST_TEXT = 1 << 14;

    private static final int LINES_BEFORE = 3;

    private PngRawProfile() {}

    /** The data in a {@code tEXt} chunk; null if the chunk is another text. */
    static byte @Nullable [] ofText(Bytes file, int at, int length) {
        if (!file.hasText(at, KEYWORD)) {
            return null;
        }
        int before = KEYWORD.length();
        return unhex(file.copy(at + before, Math.min(Math.max(length - before, 0), MOST_TEXT)));
    }

    /** The data in a {@code zTXt} chunk; null if the chunk is another text, or damaged. */
    static byte @Nullable [] ofCompressedText(Bytes file, int at, int length) {
        int before = KEYWORD.length() + 1;
        if (!file.hasText(at, KEYWORD) || length < before) {
            return null;
        }
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(file.array(), at + before, length - before);
            byte[] text = new byte[MOST_TEXT];
            int count = 0;
            for (int more = 1; more > 0 && count < text.length; count += more) {
                more = inflater.inflate(text, count, text.length - count);
            }
            return unhex(Arrays.copyOf(text, count));
        } catch (DataFormatException e) {
            return null;
        } finally {
            inflater.end();
        }
    }

    private static byte @Nullable [] unhex(byte[] text) {
        String digits = new String(text, StandardCharsets.ISO_8859_1)
                .lines()
                .skip(LINES_BEFORE)
                .collect(Collectors.joining());
        try {
            return HexFormat.of().parseHex(digits.substring(0, digits.length() / 2 * 2));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
