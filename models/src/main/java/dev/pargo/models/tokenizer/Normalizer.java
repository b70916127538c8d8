package dev.pargo.models.tokenizer;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Prepares a text in UTF-8 for a SentencePiece model as the model says: characters, spaces, the dummy prefix. Thread-safe. */
final class Normalizer {

    private static final byte SPACE = ' ';
    private static final byte[] SPACE_SYMBOL = {(byte) 0xE2, (byte) 0x96, (byte) 0x81};

    private final SentencePieceModel.Normalization rules;
    private final @Nullable CharsMap map;
    private final ByteTrie userDefined;

    /**
     * @param userDefined pieces that are not changed
     * @throws IllegalArgumentException if the rules are malformed
     */
    Normalizer(SentencePieceModel.Normalization rules, ByteTrie userDefined) {
        this.rules = rules;
        this.map = rules.charsMap().length == 0 ? null : new CharsMap(rules.charsMap());
        this.userDefined = userDefined;
    }

    byte[] normalize(byte[] text) {
        Output out = new Output(text.length);
        int at = rules.removesExtraSpaces() ? skipSpaces(text) : 0;
        if (at == text.length) {
            return new byte[0];
        }
        if (rules.dummyPrefix()) {
            out.space();
        }
        boolean afterSpace = rules.removesExtraSpaces();
        while (at < text.length) {
            CharsMap.Match match = match(text, at);
            afterSpace = out.append(match.replacement(), afterSpace) && rules.removesExtraSpaces();
            at += match.length();
        }
        if (rules.removesExtraSpaces()) {
            out.stripSpaces();
        }
        return out.toByteArray();
    }

    private int skipSpaces(byte[] text) {
        int at = 0;
        while (at < text.length) {
            CharsMap.Match match = match(text, at);
            if (match.replacement().length != 1 || match.replacement()[0] != SPACE) {
                break;
            }
            at += match.length();
        }
        return at;
    }

    /** The replacement for the text at a position. It covers at least one byte. */
    private CharsMap.Match match(byte[] text, int at) {
        int length = userDefined.longestPrefix(text, at);
        if (length == 0 && map != null) {
            CharsMap.Match match = map.longest(text, at);
            if (match.length() > 0) {
                return match;
            }
        }
        int same = length == 0 ? Utf8.length(text, at) : length;
        return new CharsMap.Match(same, Arrays.copyOfRange(text, at, at + same));
    }

    /** The normalised text. */
    private final class Output extends ByteArrayOutputStream {

        Output(int size) {
            super(size + SPACE_SYMBOL.length);
        }

        void space() {
            if (rules.escapesSpaces()) {
                writeBytes(SPACE_SYMBOL);
            } else {
                write(SPACE);
            }
        }

        /**
         * @param afterSpace whether spaces at the beginning are left out
         * @return whether the text ends with a space now
         */
        boolean append(byte[] bytes, boolean afterSpace) {
            int from = 0;
            while (afterSpace && from < bytes.length && bytes[from] == SPACE) {
                from++;
            }
            for (int i = from; i < bytes.length; i++) {
                if (bytes[i] == SPACE) {
                    space();
                } else {
                    write(bytes[i]);
                }
            }
            return from == bytes.length ? afterSpace : bytes[bytes.length - 1] == SPACE;
        }

        void stripSpaces() {
            byte[] space = rules.escapesSpaces() ? SPACE_SYMBOL : new byte[] {SPACE};
            while (count >= space.length && Arrays.equals(buf, count - space.length, count, space, 0, space.length)) {
                count -= space.length;
            }
        }
    }
}
