package dev.pargo.models.chat.jinja;

/**
 * A token of a template.
 *
 * @param text of a name or an operator as it is written; the value of a string; the text between tags
 * @param line of the template, from 1
 */
record Token(Kind kind, String text, int line) {

    enum Kind {
        TEXT,
        BLOCK_BEGIN,
        BLOCK_END,
        EXPRESSION_BEGIN,
        EXPRESSION_END,
        NAME,
        STRING,
        NUMBER,
        OPERATOR,
        END
    }

    boolean is(Kind other, String word) {
        return kind == other && text.equals(word);
    }
}
