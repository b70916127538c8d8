package dev.pargo.models.chat.jinja;

import dev.pargo.models.chat.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.List;

/** Parses expressions: operators with Jinja's precedence, and {@code if} and {@code else}. Not thread-safe. */
final class ExpressionParser {

    private static final int MOST_DEPTH = 100;

    private final TokenStream tokens;
    private final OperandParser operands;
    private int depth;

    ExpressionParser(TokenStream tokens) {
        this.tokens = tokens;
        this.operands = new OperandParser(tokens, this);
    }

    OperandParser operands() {
        return operands;
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
        return OperandParser.list(items);
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
        List<Expression> values = new ArrayList<>(List.of(left));
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
            values.add(parseSum());
        }
        return operators.isEmpty() ? left : scope -> compare(values, operators, scope);
    }

    private static boolean compare(List<Expression> values, List<String> operators, Scope scope) {
        Object left = values.get(0).value(scope);
        for (int i = 0; i < operators.size(); i++) {
            Object right = values.get(i + 1).value(scope);
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
            value = operands.parse();
        }
        return filtered ? operands.parseFilters(value) : value;
    }
}
