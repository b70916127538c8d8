package dev.pargo.models.chat.jinja;

import dev.pargo.models.chat.jinja.Statement.Flow;
import dev.pargo.models.chat.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Parses a template's statements. Not thread-safe. */
final class StatementParser {

    private static final int MOST_DEPTH = 100;

    private final TokenStream tokens;
    private final ExpressionParser expressions;
    private int depth;

    private StatementParser(TokenStream tokens) {
        this.tokens = tokens;
        this.expressions = new ExpressionParser(tokens);
    }

    /** @throws JinjaException naming the line */
    static List<Statement> parse(String source) {
        StatementParser parser = new StatementParser(new TokenStream(Lexer.tokens(source)));
        List<Statement> statements = parser.body();
        if (!parser.tokens.is(Kind.END)) {
            throw parser.tokens.problem("unexpected end of a block");
        }
        return statements;
    }

    /** Statements up to a block that begins with one of the words. */
    private List<Statement> body(String... ends) {
        if (++depth > MOST_DEPTH) {
            throw tokens.problem("blocks are nested too deep");
        }
        List<Statement> statements = new ArrayList<>();
        while (!tokens.is(Kind.END)) {
            Token token = tokens.next();
            switch (token.kind()) {
                case TEXT -> statements.add(text(token.text()));
                case EXPRESSION_BEGIN -> {
                    Expression value = expressions.parseList();
                    tokens.expect(Kind.EXPRESSION_END);
                    statements.add((scope, out) -> {
                        out.write(Python.str(value.value(scope)));
                        return Flow.NEXT;
                    });
                }
                default -> {
                    if (tokens.is(Kind.NAME)
                            && List.of(ends).contains(tokens.current().text())) {
                        depth--;
                        return statements;
                    }
                    statements.add(block());
                }
            }
        }
        if (ends.length > 0) {
            throw tokens.problem("a block does not end");
        }
        depth--;
        return statements;
    }

    private static Statement text(String text) {
        return (scope, out) -> {
            out.write(text);
            return Flow.NEXT;
        };
    }

    private Statement block() {
        String word = tokens.name();
        return switch (word) {
            case "if" -> condition();
            case "for" -> loop();
            case "set" -> assignment();
            case "macro" -> macro();
            case "filter" -> filter();
            case "generation" -> generation();
            case "break" -> jump(Flow.BREAK);
            case "continue" -> jump(Flow.CONTINUE);
            default -> throw tokens.problem("there is no block '%s'".formatted(word));
        };
    }

    private void endBlock() {
        tokens.expect(Kind.BLOCK_END);
    }

    /** The end of a block. Its last word is the next token. */
    private void endOf(String word) {
        tokens.name();
        if (word.equals("endmacro") && tokens.is(Kind.NAME)) {
            tokens.next();
        }
        endBlock();
    }

    private Statement jump(Flow flow) {
        endBlock();
        return (scope, out) -> flow;
    }

    /** The text that a model is trained to write. It is written unchanged. */
    private Statement generation() {
        endBlock();
        List<Statement> body = body("endgeneration");
        endOf("endgeneration");
        return (scope, out) -> Statement.all(body, scope, out);
    }

    private Statement condition() {
        Expression condition = expressions.parse();
        endBlock();
        List<Statement> then = body("elif", "else", "endif");
        Statement otherwise = (scope, out) -> Flow.NEXT;
        if (tokens.skipName("elif")) {
            otherwise = condition();
        } else if (tokens.skipName("else")) {
            endBlock();
            List<Statement> body = body("endif");
            endOf("endif");
            otherwise = (scope, out) -> Statement.all(body, scope, out);
        } else {
            endOf("endif");
        }
        Statement rest = otherwise;
        return (scope, out) ->
                Python.isTrue(condition.value(scope)) ? Statement.all(then, scope, out) : rest.execute(scope, out);
    }

    /** One name, or several separated by commas, with or without parentheses. */
    private List<String> targets() {
        boolean inParentheses = tokens.skipOperator("(");
        List<String> names = new ArrayList<>(List.of(tokens.name()));
        while (tokens.skipOperator(",")) {
            names.add(tokens.name());
        }
        if (inParentheses) {
            tokens.expectOperator(")");
        }
        return names;
    }

    private static void assign(List<String> names, @Nullable Object value, Scope scope) {
        if (names.size() == 1) {
            scope.set(names.get(0), value);
            return;
        }
        List<@Nullable Object> values = Python.items(value);
        if (values.size() != names.size()) {
            throw new JinjaException("%d values for %d names".formatted(values.size(), names.size()));
        }
        for (int i = 0; i < names.size(); i++) {
            scope.set(names.get(i), values.get(i));
        }
    }

    private Statement loop() {
        List<String> names = targets();
        if (!tokens.skipName("in")) {
            throw tokens.problem("expected 'in'");
        }
        Expression items = expressions.parseWithoutCondition();
        Expression filter = tokens.skipName("if") ? expressions.parse() : scope -> true;
        tokens.skipName("recursive");
        endBlock();
        List<Statement> body = body("else", "endfor");
        List<Statement> otherwise = List.of();
        if (tokens.skipName("else")) {
            endBlock();
            otherwise = body("endfor");
        }
        endOf("endfor");
        return new Loop(names, items, filter, body, otherwise);
    }

    private record Loop(
            List<String> names, Expression items, Expression filter, List<Statement> body, List<Statement> otherwise)
            implements Statement {

        @Override
        public Flow execute(Scope scope, Output out) {
            List<@Nullable Object> taken = new ArrayList<>();
            for (Object item : Python.items(items.value(scope))) {
                scope.run().step();
                Scope inner = scope.inner();
                assign(names, item, inner);
                if (Python.isTrue(filter.value(inner))) {
                    taken.add(item);
                }
            }
            if (taken.isEmpty()) {
                return Statement.all(otherwise, scope.inner(), out);
            }
            for (int i = 0; i < taken.size(); i++) {
                scope.run().step();
                Scope inner = scope.inner();
                assign(names, taken.get(i), inner);
                inner.set("loop", LoopVariable.of(taken, i));
                if (Statement.all(body, inner, out) == Flow.BREAK) {
                    break;
                }
            }
            return Flow.NEXT;
        }
    }

    private Statement assignment() {
        List<String> names = targets();
        if (names.size() == 1 && tokens.skipOperator(".")) {
            String attribute = tokens.name();
            tokens.expectOperator("=");
            Expression value = expressions.parseList();
            endBlock();
            return (scope, out) -> setAttribute(scope.get(names.get(0)), attribute, value.value(scope));
        }
        if (tokens.skipOperator("=")) {
            Expression value = expressions.parseList();
            endBlock();
            return (scope, out) -> {
                assign(names, value.value(scope), scope);
                return Flow.NEXT;
            };
        }
        Filtered filtered = filtered(scope -> scope.get(Filtered.WRITTEN), "endset");
        return (scope, out) -> {
            scope.set(names.get(0), filtered.text(scope));
            return Flow.NEXT;
        };
    }

    private static Flow setAttribute(@Nullable Object target, String attribute, @Nullable Object value) {
        if (!(target instanceof Namespace namespace)) {
            throw new JinjaException("only a namespace has attributes that can be set");
        }
        namespace.attributes().put(attribute, value);
        return Flow.NEXT;
    }

    /**
     * A block whose text goes through filters.
     *
     * @param filter reads the text from the variable {@link #WRITTEN}
     */
    private record Filtered(Expression filter, List<Statement> body) {

        /** Not a valid name, so that no template can use it. */
        static final String WRITTEN = " written";

        String text(Scope scope) {
            Output inner = new Output(scope.run());
            Statement.all(body, scope.inner(), inner);
            Scope filtering = scope.inner();
            filtering.set(WRITTEN, inner.toString());
            return Python.str(filter.value(filtering));
        }
    }

    /** The rest of a block, which may have more filters. */
    private Filtered filtered(Expression first, String end) {
        Expression filter = first;
        while (tokens.isOperator("|")) {
            filter = expressions.operands().parseFilter(filter);
        }
        endBlock();
        List<Statement> body = body(end);
        endOf(end);
        return new Filtered(filter, body);
    }

    private Statement filter() {
        Filtered filtered =
                filtered(expressions.operands().parseFilterName(scope -> scope.get(Filtered.WRITTEN)), "endfilter");
        return (scope, out) -> {
            out.write(filtered.text(scope));
            return Flow.NEXT;
        };
    }

    private Statement macro() {
        String name = tokens.name();
        tokens.expectOperator("(");
        List<String> parameters = new ArrayList<>();
        List<@Nullable Expression> defaults = new ArrayList<>();
        while (!tokens.skipOperator(")")) {
            if (!parameters.isEmpty()) {
                tokens.expectOperator(",");
            }
            parameters.add(tokens.name());
            defaults.add(tokens.skipOperator("=") ? expressions.parse() : null);
        }
        endBlock();
        List<Statement> body = body("endmacro");
        endOf("endmacro");
        return (scope, out) -> {
            Scope defined = scope.top();
            scope.set(name, (Callable) (arguments, run) -> call(parameters, defaults, body, arguments, defined));
            return Flow.NEXT;
        };
    }

    private static String call(
            List<String> parameters,
            List<@Nullable Expression> defaults,
            List<Statement> body,
            CallArguments arguments,
            Scope defined) {
        Scope inner = defined.inner();
        for (int i = 0; i < parameters.size(); i++) {
            Expression otherwise = defaults.get(i);
            Object value = arguments.has(i, parameters.get(i))
                    ? arguments.get(i, parameters.get(i))
                    : otherwise == null ? new Undefined(parameters.get(i)) : otherwise.value(inner);
            inner.set(parameters.get(i), value);
        }
        inner.run().enter();
        Output written = new Output(inner.run());
        Statement.all(body, inner, written);
        inner.run().leave();
        return written.toString();
    }
}
