package dev.pargo.models.chat.jinja;

import dev.pargo.models.chat.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Divides a template into tokens, with {@code trim_blocks} and {@code lstrip_blocks}: a line feed after a block is left
 * out, as is white space before a block at the beginning of a line.
 */
final class Lexer {

    private static final Pattern NUMBER = Pattern.compile("\\d[\\d_]*(?:\\.\\d+)?(?:[eE][+-]?\\d+)?");
    private static final Pattern NAME = Pattern.compile("[\\p{L}_][\\p{L}\\p{Nd}_]*");
    private static final Pattern OPERATOR = Pattern.compile("\\*\\*|//|==|!=|<=|>=|[-+*/%~<>=()\\[\\]{}.,:|]");
    private static final Pattern RAW_END = Pattern.compile("\\{%[-+]?\\s*endraw\\s*(-?)%}");
    private static final Pattern RAW = Pattern.compile("\\{%[-+]?\\s*raw\\s*(-?)%}");

    private final String source;
    private final List<Token> tokens = new ArrayList<>();
    private int at;

    private Lexer(String source) {
        // One line feed at the end of a template is left out.
        this.source = source.endsWith("\n") ? source.substring(0, source.length() - 1) : source;
    }

    /** @throws JinjaException if a tag does not end or has a character without a meaning */
    static List<Token> tokens(String source) {
        Lexer lexer = new Lexer(source.replace("\r\n", "\n"));
        lexer.run();
        return lexer.tokens;
    }

    private void run() {
        boolean stripsBefore = false;
        while (at < source.length()) {
            int tag = nextTag(at);
            String text = source.substring(at, tag < 0 ? source.length() : tag);
            if (stripsBefore) {
                text = text.stripLeading();
            }
            if (tag < 0) {
                add(Kind.TEXT, text);
                break;
            }
            char sign = source.charAt(tag + 1);
            char control = tag + 2 < source.length() ? source.charAt(tag + 2) : ' ';
            if (control == '-') {
                text = text.stripTrailing();
            } else if (sign != '{' && control != '+') {
                text = withoutIndent(text, at == 0 || source.charAt(at - 1) == '\n');
            }
            add(Kind.TEXT, text);
            at = tag;
            stripsBefore = tag(sign, control == '-' || control == '+' && sign != '{');
        }
        add(Kind.END, "");
    }

    private int nextTag(int from) {
        for (int i = source.indexOf('{', from); i >= 0; i = source.indexOf('{', i + 1)) {
            if (i + 1 < source.length() && "{%#".indexOf(source.charAt(i + 1)) >= 0) {
                return i;
            }
        }
        return -1;
    }

    /** The text without the white space at the beginning of its last line. */
    private static String withoutIndent(String text, boolean atLineStart) {
        int end = text.length();
        while (end > 0 && (text.charAt(end - 1) == ' ' || text.charAt(end - 1) == '\t')) {
            end--;
        }
        boolean beginsLine = end == 0 ? atLineStart : text.charAt(end - 1) == '\n';
        return beginsLine ? text.substring(0, end) : text;
    }

    /** Reads a tag. Returns whether white space after it is left out. */
    private boolean tag(char sign, boolean controlled) {
        if (sign == '#') {
            int end = source.indexOf("#}", at + 2);
            if (end < 0) {
                throw problem("a comment does not end");
            }
            boolean strips = source.charAt(end - 1) == '-';
            at = end + 2;
            return strips || trimLine();
        }
        Matcher raw = RAW.matcher(source).region(at, source.length());
        if (sign == '%' && raw.lookingAt()) {
            Matcher end = RAW_END.matcher(source);
            if (!end.find(raw.end())) {
                throw problem("a raw block does not end");
            }
            add(Kind.TEXT, source.substring(raw.end(), end.start()));
            at = end.end();
            return !end.group(1).isEmpty() || trimLine();
        }
        boolean isBlock = sign == '%';
        add(isBlock ? Kind.BLOCK_BEGIN : Kind.EXPRESSION_BEGIN, "");
        at += controlled ? 3 : 2;
        String end = isBlock ? "%}" : "}}";
        int open = 0;
        while (true) {
            while (at < source.length() && Character.isWhitespace(source.charAt(at))) {
                at++;
            }
            if (at >= source.length()) {
                throw problem("a tag does not end");
            }
            if (open == 0) {
                boolean strips = source.startsWith("-" + end, at);
                boolean keeps = source.startsWith("+" + end, at);
                if (strips || keeps || source.startsWith(end, at)) {
                    at += strips || keeps ? 3 : 2;
                    add(isBlock ? Kind.BLOCK_END : Kind.EXPRESSION_END, "");
                    return strips || isBlock && !keeps && trimLine();
                }
            }
            open += token();
        }
    }

    /** Skips a line feed at the current position. */
    private boolean trimLine() {
        if (at < source.length() && source.charAt(at) == '\n') {
            at++;
        }
        return false;
    }

    /** Reads a token of an expression. Returns how many more brackets are open. */
    private int token() {
        char first = source.charAt(at);
        if (first == '"' || first == '\'') {
            string(first);
            return 0;
        }
        if (match(NAME, Kind.NAME) || match(NUMBER, Kind.NUMBER)) {
            return 0;
        }
        if (!match(OPERATOR, Kind.OPERATOR)) {
            throw problem("unexpected '%c'".formatted(first));
        }
        return switch (first) {
            case '(', '[', '{' -> 1;
            case ')', ']', '}' -> -1;
            default -> 0;
        };
    }

    private boolean match(Pattern pattern, Kind kind) {
        Matcher matcher = pattern.matcher(source).region(at, source.length());
        if (!matcher.lookingAt()) {
            return false;
        }
        add(kind, matcher.group());
        at = matcher.end();
        return true;
    }

    private void string(char quote) {
        StringBuilder value = new StringBuilder();
        int i = at + 1;
        while (true) {
            if (i >= source.length()) {
                throw problem("a string does not end");
            }
            char next = source.charAt(i++);
            if (next == quote) {
                break;
            }
            if (next == '\\' && i < source.length()) {
                i = escape(i, value);
            } else {
                value.append(next);
            }
        }
        at = i;
        add(Kind.STRING, value.toString());
    }

    /** Appends the character of an escape sequence. Returns the position after the sequence. */
    private int escape(int from, StringBuilder value) {
        char letter = source.charAt(from);
        int digits = switch (letter) {
            case 'x' -> 2;
            case 'u' -> 4;
            case 'U' -> 8;
            default -> 0;
        };
        if (digits > 0 && from + digits < source.length()) {
            value.appendCodePoint(Integer.parseInt(source.substring(from + 1, from + 1 + digits), 16));
            return from + 1 + digits;
        }
        switch (letter) {
            case 'n' -> value.append('\n');
            case 't' -> value.append('\t');
            case 'r' -> value.append('\r');
            case '\\', '\'', '"' -> value.append(letter);
            case '\n' -> {}
            default -> value.append('\\').append(letter);
        }
        return from + 1;
    }

    private void add(Kind kind, String text) {
        if (kind != Kind.TEXT || !text.isEmpty()) {
            tokens.add(new Token(kind, text, line()));
        }
    }

    private int line() {
        return 1
                + (int) source.substring(0, Math.min(at, source.length()))
                        .chars()
                        .filter(c -> c == '\n')
                        .count();
    }

    private JinjaException problem(String what) {
        return new JinjaException("line %d: %s".formatted(line(), what));
    }
}
