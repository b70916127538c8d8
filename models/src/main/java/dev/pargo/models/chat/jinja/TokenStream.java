package dev.pargo.models.chat.jinja;

import dev.pargo.models.chat.jinja.Token.Kind;
import java.util.List;

/** The tokens of a template as a parser reads them. Not thread-safe. */
final class TokenStream {

    private final List<Token> tokens;
    private int at;

    TokenStream(List<Token> tokens) {
        this.tokens = tokens;
    }

    Token current() {
        return tokens.get(at);
    }

    Token next() {
        Token token = tokens.get(at);
        at = Math.min(at + 1, tokens.size() - 1);
        return token;
    }

    boolean is(Kind kind) {
        return current().kind() == kind;
    }

    boolean isOperator(String operator) {
        return current().is(Kind.OPERATOR, operator);
    }

    boolean isName(String name) {
        return current().is(Kind.NAME, name);
    }

    /** Whether the token after the current one is a name. */
    boolean isFollowedBy(String name) {
        return tokens.get(Math.min(at + 1, tokens.size() - 1)).is(Kind.NAME, name);
    }

    boolean skipOperator(String operator) {
        boolean there = isOperator(operator);
        if (there) {
            next();
        }
        return there;
    }

    boolean skipName(String name) {
        boolean there = isName(name);
        if (there) {
            next();
        }
        return there;
    }

    void expectOperator(String operator) {
        if (!skipOperator(operator)) {
            throw problem("expected '%s'".formatted(operator));
        }
    }

    void expect(Kind kind) {
        if (!is(kind)) {
            throw problem("unexpected end or text");
        }
        next();
    }

    String name() {
        if (!is(Kind.NAME)) {
            throw problem("expected a name");
        }
        return next().text();
    }

    JinjaException problem(String what) {
        return new JinjaException("line %d: %s at '%s'"
                .formatted(current().line(), what, current().text()));
    }
}
