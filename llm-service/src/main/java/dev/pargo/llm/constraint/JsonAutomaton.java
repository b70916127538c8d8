package dev.pargo.llm.constraint;

/**
 * Reads one JSON object (RFC 8259) byte by byte. A state is a number, so states are compared, kept and used as keys
 * without objects.
 *
 * <p>It is narrower than the standard where an answer could run on for ever or trip a reader: objects and arrays nest
 * {@value #MOST_NESTED} deep, a number has at most {@value #MOST_DIGITS} digits on each side of its point and
 * {@value #MOST_EXPONENT_DIGITS} in its exponent, strings are well-formed UTF-8, and surrogates are escaped in pairs.
 * Models that do not know what to write next write whitespace, so between two signs stands what a layout needs, as in
 * llama.cpp's grammar for JSON: nothing, one space, or one line feed and the line's indentation, at most
 * {@value #MOST_INDENTATION} blanks or tabs for each object and array that is open.
 */
final class JsonAutomaton {

    static final int MOST_NESTED = 32;
    static final int MOST_INDENTATION = 4;
    static final int MOST_DIGITS = 20;
    static final int MOST_EXPONENT_DIGITS = 3;

    /** What can come after a byte that must not stand where it stands: nothing. */
    static final long REJECTED = -1;

    private enum Place {
        // Between signs; its counter says what whitespace there is: 1 for a space, 2 for a line feed, and 1 more for
        // each blank after that.
        BEGIN,
        OBJECT_OPENED,
        KEY,
        COLON,
        VALUE,
        ARRAY_OPENED,
        VALUE_ENDED,
        END,
        // In a string; its counter says how many bytes a character or an escape still needs.
        STRING,
        UTF8,
        UTF8_AFTER_E0,
        UTF8_AFTER_ED,
        UTF8_AFTER_F0,
        UTF8_AFTER_F4,
        ESCAPE,
        UNICODE,
        UNICODE_D,
        HEX,
        HIGH_SURROGATE,
        LOW_BACKSLASH,
        LOW_U,
        LOW_D,
        LOW_HEX,
        // In a number; its counter says how many digits there are.
        MINUS,
        ZERO,
        INTEGER,
        POINT,
        FRACTION,
        EXPONENT,
        EXPONENT_SIGN,
        EXPONENT_DIGITS,
        // In a literal; its counter says how many letters there are.
        TRUE,
        FALSE,
        NULL
    }

    private static final Place[] PLACES = Place.values();

    // A state from its lowest bit: place (6), whether the string is a key (1), counter (8), nesting (6), then what is
    // open, innermost first (32): 1 for an array.
    private static final int PLACE_BITS = 6;
    private static final long KEY_FLAG = 1L << PLACE_BITS;
    private static final int COUNT_SHIFT = PLACE_BITS + 1;
    private static final long ONE = 1L << COUNT_SHIFT;
    private static final int DEPTH_SHIFT = COUNT_SHIFT + 8;
    private static final int OPEN_SHIFT = DEPTH_SHIFT + 6;
    private static final long SIX_BITS = 0x3F;
    private static final long COUNT_BITS = 0xFF;

    private static final int SPACE = 1;
    private static final int LINE_FEED = 2;

    static final long START = Place.BEGIN.ordinal();

    /** A state within a string; it stands for all of them as long as the string does not end. */
    static final long TEXT = Place.STRING.ordinal();

    private JsonAutomaton() {}

    /** True if the object is complete; no byte may follow. */
    static boolean isEnd(long state) {
        return place(state) == Place.END;
    }

    /** True within a string where the next character may begin. */
    static boolean isAtCharacter(long state) {
        return place(state) == Place.STRING;
    }

    /** True anywhere within a string. */
    static boolean isInString(long state) {
        return place(state).compareTo(Place.STRING) >= 0 && place(state).compareTo(Place.LOW_HEX) <= 0;
    }

    /**
     * The state after one more byte.
     *
     * @param state not {@link #REJECTED}
     * @param octet 0 to 255
     */
    static long next(long state, int octet) {
        Place place = place(state);
        return switch (place) {
            case BEGIN, OBJECT_OPENED, KEY, COLON, VALUE, ARRAY_OPENED, VALUE_ENDED, END ->
                isWhitespace(octet) ? whitespace(state, place, octet) : sign(state, place, octet);
            case STRING -> inString(state, octet);
            case UTF8 -> isWithin(octet, 0x80, 0xBF) ? countdown(state, Place.STRING) : REJECTED;
            case UTF8_AFTER_E0 -> isWithin(octet, 0xA0, 0xBF) ? at(state, Place.UTF8, 1) : REJECTED;
            case UTF8_AFTER_ED -> isWithin(octet, 0x80, 0x9F) ? at(state, Place.UTF8, 1) : REJECTED;
            case UTF8_AFTER_F0 -> isWithin(octet, 0x90, 0xBF) ? at(state, Place.UTF8, 2) : REJECTED;
            case UTF8_AFTER_F4 -> isWithin(octet, 0x80, 0x8F) ? at(state, Place.UTF8, 2) : REJECTED;
            case ESCAPE -> escaped(state, octet);
            case UNICODE -> firstHex(state, octet);
            case UNICODE_D -> secondHexAfterD(state, octet);
            case HEX -> isHex(octet) ? countdown(state, Place.STRING) : REJECTED;
            case HIGH_SURROGATE -> isHex(octet) ? countdown(state, Place.LOW_BACKSLASH) : REJECTED;
            case LOW_BACKSLASH -> octet == '\\' ? at(state, Place.LOW_U, 0) : REJECTED;
            case LOW_U -> octet == 'u' ? at(state, Place.LOW_D, 0) : REJECTED;
            case LOW_D -> octet == 'd' || octet == 'D' ? at(state, Place.LOW_HEX, 0) : REJECTED;
            case LOW_HEX -> isHex(octet) && octet > '9' && (octet | 0x20) >= 'c' ? at(state, Place.HEX, 2) : REJECTED;
            case MINUS, ZERO, INTEGER, POINT, FRACTION, EXPONENT, EXPONENT_SIGN, EXPONENT_DIGITS ->
                inNumber(state, place, octet);
            case TRUE -> literal(state, "true", octet);
            case FALSE -> literal(state, "false", octet);
            case NULL -> literal(state, "null", octet);
        };
    }

    private static long whitespace(long state, Place place, int octet) {
        int count = count(state);
        if (place == Place.END) {
            return REJECTED;
        }
        if (count == 0) {
            return octet == ' ' ? at(state, place, SPACE) : octet == '\n' ? at(state, place, LINE_FEED) : REJECTED;
        }
        boolean indents = count >= LINE_FEED && octet != '\n' && count < LINE_FEED + MOST_INDENTATION * depth(state);
        return indents ? state + ONE : REJECTED;
    }

    private static long sign(long state, Place place, int octet) {
        return switch (place) {
            case BEGIN -> octet == '{' ? open(state, false) : REJECTED;
            case OBJECT_OPENED -> octet == '}' ? close(state) : key(state, octet);
            case KEY -> key(state, octet);
            case COLON -> octet == ':' ? at(state, Place.VALUE, 0) : REJECTED;
            case ARRAY_OPENED -> octet == ']' ? close(state) : value(state, octet);
            case VALUE -> value(state, octet);
            case VALUE_ENDED -> afterValue(state, octet);
            default -> REJECTED;
        };
    }

    private static long key(long state, int octet) {
        return octet == '"' ? at(state, Place.STRING, 0) | KEY_FLAG : REJECTED;
    }

    private static long value(long state, int octet) {
        return switch (octet) {
            case '"' -> at(state, Place.STRING, 0);
            case '{' -> open(state, false);
            case '[' -> open(state, true);
            case '-' -> at(state, Place.MINUS, 0);
            case '0' -> at(state, Place.ZERO, 0);
            case 't' -> at(state, Place.TRUE, 1);
            case 'f' -> at(state, Place.FALSE, 1);
            case 'n' -> at(state, Place.NULL, 1);
            default -> isWithin(octet, '1', '9') ? at(state, Place.INTEGER, 1) : REJECTED;
        };
    }

    private static long afterValue(long state, int octet) {
        boolean array = (state >>> OPEN_SHIFT & 1) != 0;
        if (octet == ',') {
            return at(state, array ? Place.VALUE : Place.KEY, 0);
        }
        return octet == (array ? ']' : '}') ? close(state) : REJECTED;
    }

    private static long open(long state, boolean array) {
        long depth = depth(state);
        if (depth == MOST_NESTED) {
            return REJECTED;
        }
        long open = state >>> OPEN_SHIFT << 1 | (array ? 1 : 0);
        return state(array ? Place.ARRAY_OPENED : Place.OBJECT_OPENED, depth + 1, open);
    }

    private static long close(long state) {
        long depth = depth(state) - 1;
        return state(depth == 0 ? Place.END : Place.VALUE_ENDED, depth, state >>> OPEN_SHIFT >>> 1);
    }

    private static long inString(long state, int octet) {
        if (octet == '"') {
            return (state & KEY_FLAG) != 0 ? at(state, Place.COLON, 0) & ~KEY_FLAG : at(state, Place.VALUE_ENDED, 0);
        }
        if (octet == '\\') {
            return at(state, Place.ESCAPE, 0);
        }
        if (octet < 0x80) {
            return octet < 0x20 ? REJECTED : state;
        }
        return switch (octet) {
            case 0xE0 -> at(state, Place.UTF8_AFTER_E0, 0);
            case 0xED -> at(state, Place.UTF8_AFTER_ED, 0);
            case 0xF0 -> at(state, Place.UTF8_AFTER_F0, 0);
            case 0xF4 -> at(state, Place.UTF8_AFTER_F4, 0);
            default ->
                isWithin(octet, 0xC2, 0xF3) ? at(state, Place.UTF8, octet < 0xE0 ? 1 : octet < 0xF0 ? 2 : 3) : REJECTED;
        };
    }

    private static long escaped(long state, int octet) {
        return switch (octet) {
            case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> at(state, Place.STRING, 0);
            case 'u' -> at(state, Place.UNICODE, 0);
            default -> REJECTED;
        };
    }

    private static long firstHex(long state, int octet) {
        if (octet == 'd' || octet == 'D') {
            return at(state, Place.UNICODE_D, 0);
        }
        return isHex(octet) ? at(state, Place.HEX, 3) : REJECTED;
    }

    /** D8 to DB begin a pair, DC to DF end one. */
    private static long secondHexAfterD(long state, int octet) {
        if (isWithin(octet, '0', '7')) {
            return at(state, Place.HEX, 2);
        }
        return switch (octet) {
            case '8', '9', 'a', 'b', 'A', 'B' -> at(state, Place.HIGH_SURROGATE, 2);
            default -> REJECTED;
        };
    }

    private static long inNumber(long state, Place place, int octet) {
        if (isWithin(octet, '0', '9')) {
            return digit(state, place, octet);
        }
        boolean endsHere = place == Place.ZERO
                || place == Place.INTEGER
                || place == Place.FRACTION
                || place == Place.EXPONENT_DIGITS;
        if (place == Place.EXPONENT && (octet == '+' || octet == '-')) {
            return at(state, Place.EXPONENT_SIGN, 0);
        }
        if (!endsHere) {
            return REJECTED;
        }
        if (octet == '.' && (place == Place.ZERO || place == Place.INTEGER)) {
            return at(state, Place.POINT, 0);
        }
        if ((octet == 'e' || octet == 'E') && place != Place.EXPONENT_DIGITS) {
            return at(state, Place.EXPONENT, 0);
        }
        return next(at(state, Place.VALUE_ENDED, 0), octet);
    }

    private static long digit(long state, Place place, int octet) {
        return switch (place) {
            case MINUS -> octet == '0' ? at(state, Place.ZERO, 0) : at(state, Place.INTEGER, 1);
            case INTEGER, FRACTION -> count(state) == MOST_DIGITS ? REJECTED : state + ONE;
            case POINT -> at(state, Place.FRACTION, 1);
            case EXPONENT, EXPONENT_SIGN -> at(state, Place.EXPONENT_DIGITS, 1);
            case EXPONENT_DIGITS -> count(state) == MOST_EXPONENT_DIGITS ? REJECTED : state + ONE;
            default -> REJECTED;
        };
    }

    private static long literal(long state, String word, int octet) {
        int letters = count(state);
        if (octet != word.charAt(letters)) {
            return REJECTED;
        }
        return letters + 1 == word.length() ? at(state, Place.VALUE_ENDED, 0) : state + ONE;
    }

    private static boolean isWhitespace(int octet) {
        return octet == ' ' || octet == '\n' || octet == '\t';
    }

    private static boolean isHex(int octet) {
        return isWithin(octet, '0', '9') || isWithin(octet | 0x20, 'a', 'f');
    }

    private static boolean isWithin(int octet, int least, int most) {
        return octet >= least && octet <= most;
    }

    private static Place place(long state) {
        return PLACES[(int) (state & SIX_BITS)];
    }

    private static int count(long state) {
        return (int) (state >>> COUNT_SHIFT & COUNT_BITS);
    }

    /** How many objects and arrays are open. */
    private static long depth(long state) {
        return state >>> DEPTH_SHIFT & SIX_BITS;
    }

    /** The state at another place, with a new count and all else as it is. */
    private static long at(long state, Place place, int count) {
        return state & ~(SIX_BITS | COUNT_BITS << COUNT_SHIFT) | place.ordinal() | (long) count << COUNT_SHIFT;
    }

    /** One byte less is needed; after the last one comes the place. */
    private static long countdown(long state, Place after) {
        return count(state) == 1 ? at(state, after, 0) : state - ONE;
    }

    private static long state(Place place, long depth, long open) {
        return place.ordinal() | depth << DEPTH_SHIFT | open << OPEN_SHIFT;
    }
}
