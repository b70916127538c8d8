package dev.pargo.models.chat.jinja;

import dev.pargo.models.chat.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Parses expressions, with Jinja's precedence of operators. Not thread-safe. */
final class ExpressionParser {

    private static final int MOST_DEPTH = 100;

    private final TokenStream tokens;
    private int depth;

    ExpressionParser(TokenStream tokens) {
        this.tokens = tokens;
    }

    /** An expression, which may be a list without brackets. */
    Expression parseList() {
        Expression first = parse();
        if (!tokens.isOperator(",")) {
            return first;
        }
        List<Expression> items = new ArrayList<>(List.of(first));
        while (tokens.skipOperator(",") && !tokens.is(Kind.BLOCK_END) && !tokens.isOperator("=")) {
            items.add(parse());
        }
        return list(items);
    }

    /** An expression with {@code if} and {@code else}. */
    Expression parse() {
        if (++depth > MOST_DEPTH) {
            throw tokens.problem("expressions are nested too deep");
        }
        Expression value = parseWithoutCondition();
        while (tokens.skipName("if")) {
            Expression then = value;
            Expression condition = parseWithoutCondition();
            Expression otherwise = tokens.skipName("else") ? parse() : scope -> new Undefined("else");
            value = scope -> Python.isTrue(condition.value(scope)) ? then.value(scope) : otherwise.value(scope);
        }
        depth--;
        return value;
    }

    /** An expression without {@code if} and {@code else}. A following {@code if} belongs to the enclosing loop. */
    Expression parseWithoutCondition() {
        Expression left = parseAnd();
        while (tokens.skipName("or")) {
            Expression first = left;
            Expression second = parseAnd();
            left = scope -> {
                Object value = first.value(scope);
                return Python.isTrue(value) ? value : second.value(scope);
            };
        }
        return left;
    }

    private Expression parseAnd() {
        Expression left = parseNot();
        while (tokens.skipName("and")) {
            Expression first = left;
            Expression second = parseNot();
            left = scope -> {
                Object value = first.value(scope);
                return Python.isTrue(value) ? second.value(scope) : value;
            };
        }
        return left;
    }

    private Expression parseNot() {
        if (tokens.skipName("not")) {
            Expression value = parseNot();
            return scope -> !Python.isTrue(value.value(scope));
        }
        return parseComparison();
    }

    /** Comparisons may be chained: {@code 0 < a < 3}. */
    private Expression parseComparison() {
        Expression left = parseSum();
        List<Expression> operands = new ArrayList<>(List.of(left));
        List<String> operators = new ArrayList<>();
        while (true) {
            String operator = tokens.current().text();
            boolean compares = tokens.is(Kind.OPERATOR)
                    && List.of("==", "!=", "<", ">", "<=", ">=").contains(operator);
            if (tokens.isName("not") && tokens.isFollowedBy("in")) {
                tokens.next();
                operator = "not in";
            } else if (!compares && !tokens.isName("in")) {
                break;
            }
            tokens.next();
            operators.add(operator);
            operands.add(parseSum());
        }
        return operators.isEmpty() ? left : scope -> compare(operands, operators, scope);
    }

    private static boolean compare(List<Expression> operands, List<String> operators, Scope scope) {
        Object left = operands.get(0).value(scope);
        for (int i = 0; i < operators.size(); i++) {
            Object right = operands.get(i + 1).value(scope);
            boolean holds = switch (operators.get(i)) {
                case "==" -> Python.equal(left, right);
                case "!=" -> !Python.equal(left, right);
                case "<" -> Python.compare(left, right) < 0;
                case ">" -> Python.compare(left, right) > 0;
                case "<=" -> Python.compare(left, right) <= 0;
                case ">=" -> Python.compare(left, right) >= 0;
                case "in" -> Python.contains(right, left);
                default -> !Python.contains(right, left);
            };
            if (!holds) {
                return false;
            }
            left = right;
        }
        return true;
    }

    private Expression parseSum() {
        Expression left = parseConcatenation();
        while (tokens.isOperator("+") || tokens.isOperator("-")) {
            left = calculation(tokens.next().text(), left, parseConcatenation());
        }
        return left;
    }

    private Expression parseConcatenation() {
        Expression left = parseProduct();
        while (tokens.skipOperator("~")) {
            Expression first = left;
            Expression second = parseProduct();
            left = scope ->
                    Python.calculate("+", Python.str(first.value(scope)), Python.str(second.value(scope)), scope.run());
        }
        return left;
    }

    private Expression parseProduct() {
        Expression left = parsePower();
        while (tokens.isOperator("*") || tokens.isOperator("/") || tokens.isOperator("//") || tokens.isOperator("%")) {
            left = calculation(tokens.next().text(), left, parsePower());
        }
        return left;
    }

    private Expression parsePower() {
        Expression left = parseUnary(true);
        while (tokens.skipOperator("**")) {
            left = calculation("**", left, parseUnary(true));
        }
        return left;
    }

    private static Expression calculation(String operator, Expression left, Expression right) {
        return scope -> Python.calculate(operator, left.value(scope), right.value(scope), scope.run());
    }

    private Expression parseUnary(boolean filtered) {
        Expression value;
        if (tokens.skipOperator("-")) {
            Expression positive = parseUnary(false);
            value = scope -> Python.calculate("-", 0L, positive.value(scope), scope.run());
        } else if (tokens.skipOperator("+")) {
            value = parseUnary(false);
        } else {
            value = parsePostfix(parsePrimary());
        }
        return filtered ? parseFilters(value) : value;
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
        Expression first = parse();
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
            items.add(parse());
        }
        return items;
    }

    private static Expression list(List<Expression> items) {
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
            Expression key = parse();
            tokens.expectOperator(":");
            entries.put(key, parse());
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
                    whole = scope -> Access.item(base.value(scope), index);
                } else {
                    String name = tokens.name();
                    whole = scope -> Access.attribute(base.value(scope), name);
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
                bounds[colons] = parse();
            }
        }
        Expression from = bounds[0] == null ? scope -> null : bounds[0];
        if (colons == 0) {
            return scope -> Access.item(base.value(scope), from.value(scope));
        }
        Expression to = bounds[1] == null ? scope -> null : bounds[1];
        Expression step = bounds[2] == null ? scope -> null : bounds[2];
        return scope -> Access.slice(base.value(scope), from.value(scope), to.value(scope), step.value(scope));
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
    private Expression parseFilters(Expression value) {
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
            arguments = new ParsedArguments(parsePostfix(parsePrimary()));
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
            Expression value = parse();
            if (start.kind() == Kind.NAME && tokens.skipOperator("=")) {
                named.put(start.text(), parse());
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
