package dev.pargo.models.chat.jinja;

import dev.pargo.models.chat.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Parses what stands between operators: names and literals, and the attributes, items, calls, filters and tests that follow
 * them. Not thread-safe.
 */
final class OperandParser {

    private final TokenStream tokens;
    private final ExpressionParser expressions;

    /** @param expressions parses what is in brackets, from the same tokens */
    OperandParser(TokenStream tokens, ExpressionParser expressions) {
        this.tokens = tokens;
        this.expressions = expressions;
    }

    /** An operand without filters and tests. */
    Expression parse() {
        return parsePostfix(parsePrimary());
    }

    private Expression parsePrimary() {
        Token token = tokens.next();
        switch (token.kind()) {
            case NAME -> {
                return name(token.text());
            }
            case STRING -> {
                StringBuilder text = new StringBuilder(token.text());
                while (tokens.is(Kind.STRING)) {
                    text.append(tokens.next().text());
                }
                String value = text.toString();
                return scope -> value;
            }
            case NUMBER -> {
                Object value = number(token.text().replace("_", ""));
                return scope -> value;
            }
            case OPERATOR -> {
                if (token.text().equals("(")) {
                    return parseParentheses();
                }
                if (token.text().equals("[")) {
                    return list(items("]"));
                }
                if (token.text().equals("{")) {
                    return parseDict();
                }
            }
            default -> {}
        }
        throw new JinjaException("line %d: unexpected '%s'".formatted(token.line(), token.text()));
    }

    private static Expression name(String name) {
        return switch (name) {
            case "true", "True" -> scope -> true;
            case "false", "False" -> scope -> false;
            case "none", "None" -> scope -> null;
            default -> scope -> scope.get(name);
        };
    }

    private Object number(String digits) {
        try {
            return digits.matches("\\d+") ? (Object) Long.parseLong(digits) : Double.parseDouble(digits);
        } catch (NumberFormatException e) {
            throw tokens.problem("a number is out of range");
        }
    }

    private Expression parseParentheses() {
        if (tokens.skipOperator(")")) {
            return scope -> List.of();
        }
        Expression first = expressions.parse();
        if (tokens.skipOperator(")")) {
            return first;
        }
        tokens.expectOperator(",");
        List<Expression> items = new ArrayList<>(List.of(first));
        items.addAll(items(")"));
        return list(items);
    }

    private List<Expression> items(String end) {
        List<Expression> items = new ArrayList<>();
        while (!tokens.skipOperator(end)) {
            if (!items.isEmpty()) {
                tokens.expectOperator(",");
                if (tokens.skipOperator(end)) {
                    break;
                }
            }
            items.add(expressions.parse());
        }
        return items;
    }

    /** A list of the values of expressions. */
    static Expression list(List<Expression> items) {
        return scope -> {
            List<@Nullable Object> values = new ArrayList<>();
            items.forEach(item -> values.add(item.value(scope)));
            return values;
        };
    }

    private Expression parseDict() {
        Map<Expression, Expression> entries = new LinkedHashMap<>();
        while (!tokens.skipOperator("}")) {
            if (!entries.isEmpty()) {
                tokens.expectOperator(",");
                if (tokens.skipOperator("}")) {
                    break;
                }
            }
            Expression key = expressions.parse();
            tokens.expectOperator(":");
            entries.put(key, expressions.parse());
        }
        return scope -> {
            Map<@Nullable Object, @Nullable Object> values = new LinkedHashMap<>();
            entries.forEach((key, value) -> values.put(key.value(scope), value.value(scope)));
            return values;
        };
    }

    private Expression parsePostfix(Expression value) {
        Expression whole = value;
        while (true) {
            Expression base = whole;
            if (tokens.skipOperator(".")) {
                if (tokens.is(Kind.NUMBER)) {
                    Object index = number(tokens.next().text());
                    whole = scope -> MemberAccess.item(base.value(scope), index);
                } else {
                    String name = tokens.name();
                    whole = scope -> MemberAccess.attribute(base.value(scope), name);
                }
            } else if (tokens.skipOperator("[")) {
                whole = parseSubscript(base);
            } else if (tokens.skipOperator("(")) {
                whole = call(base, new ParsedArguments());
            } else {
                return whole;
            }
        }
    }

    private Expression parseSubscript(Expression base) {
        Expression[] bounds = new Expression[3];
        int colons = 0;
        while (!tokens.skipOperator("]")) {
            if (tokens.skipOperator(":")) {
                if (++colons > 2) {
                    throw tokens.problem("a slice has too many parts");
                }
            } else {
                bounds[colons] = expressions.parse();
            }
        }
        Expression from = bounds[0] == null ? scope -> null : bounds[0];
        if (colons == 0) {
            return scope -> MemberAccess.item(base.value(scope), from.value(scope));
        }
        Expression to = bounds[1] == null ? scope -> null : bounds[1];
        Expression step = bounds[2] == null ? scope -> null : bounds[2];
        return scope -> MemberAccess.slice(base.value(scope), from.value(scope), to.value(scope), step.value(scope));
    }

    private static Expression call(Expression function, ParsedArguments arguments) {
        return scope -> {
            Object called = function.value(scope);
            if (called instanceof Undefined undefined) {
                throw undefined.missing();
            }
            if (!(called instanceof Callable callable)) {
                throw new JinjaException("%s cannot be called".formatted(Python.kind(called)));
            }
            scope.run().step();
            return callable.call(arguments.values(scope), scope.run());
        };
    }

    /** Filters and tests that follow a value. */
    Expression parseFilters(Expression value) {
        Expression whole = value;
        while (true) {
            Expression base = whole;
            if (tokens.isOperator("|")) {
                whole = parseFilter(base);
            } else if (tokens.isName("is")) {
                whole = parseTest(base);
            } else if (tokens.skipOperator("(")) {
                whole = call(base, new ParsedArguments());
            } else {
                return whole;
            }
        }
    }

    /** A filter after {@code |}. */
    Expression parseFilter(Expression value) {
        tokens.expectOperator("|");
        return parseFilterName(value);
    }

    /** A filter whose name is the next token. */
    Expression parseFilterName(Expression value) {
        Callable filter = Filters.of(tokens.name());
        ParsedArguments arguments = tokens.skipOperator("(") ? new ParsedArguments() : null;
        return applied(filter, value, arguments);
    }

    private Expression parseTest(Expression value) {
        tokens.next();
        boolean negated = tokens.skipName("not");
        Callable test = Tests.of(tokens.next().text());
        ParsedArguments arguments = null;
        if (tokens.skipOperator("(")) {
            arguments = new ParsedArguments();
        } else if (startsOperand()) {
            arguments = new ParsedArguments(parse());
        }
        Expression tested = applied(test, value, arguments);
        return negated ? scope -> !Python.isTrue(tested.value(scope)) : tested;
    }

    /** Whether the next token is the only argument of a test, written without parentheses. */
    private boolean startsOperand() {
        return switch (tokens.current().kind()) {
            case STRING, NUMBER -> true;
            case NAME ->
                !List.of("else", "or", "and", "if", "is", "in", "not")
                        .contains(tokens.current().text());
            case OPERATOR -> tokens.isOperator("[") || tokens.isOperator("{");
            default -> false;
        };
    }

    private static Expression applied(Callable function, Expression value, @Nullable ParsedArguments arguments) {
        return scope -> {
            scope.run().step();
            CallArguments others = arguments == null ? CallArguments.NONE : arguments.values(scope);
            return function.call(Filters.with(value.value(scope), others), scope.run());
        };
    }

    /** The arguments of a call, up to its closing parenthesis. */
    private final class ParsedArguments {

        private final List<Expression> positional = new ArrayList<>();
        private final Map<String, Expression> named = new LinkedHashMap<>();

        ParsedArguments() {
            boolean first = true;
            while (!tokens.skipOperator(")")) {
                if (!first) {
                    tokens.expectOperator(",");
                    if (tokens.skipOperator(")")) {
                        break;
                    }
                }
                first = false;
                add();
            }
        }

        ParsedArguments(Expression only) {
            positional.add(only);
        }

        private void add() {
            Token start = tokens.current();
            Expression value = expressions.parse();
            if (start.kind() == Kind.NAME && tokens.skipOperator("=")) {
                named.put(start.text(), expressions.parse());
            } else {
                positional.add(value);
            }
        }

        CallArguments values(Scope scope) {
            List<@Nullable Object> list = new ArrayList<>();
            positional.forEach(argument -> list.add(argument.value(scope)));
            Map<String, @Nullable Object> map = new LinkedHashMap<>();
            named.forEach((name, argument) -> map.put(name, argument.value(scope)));
            return new CallArguments(list, map);
        }
    }
}
