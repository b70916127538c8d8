package dev.pargo.models.chat.jinja;

import java.util.Collection;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.StringNode;

/** Writes values as Python's {@code json.dumps} does; models are trained to read that form. */
final class PythonJson {

    private static final int MOST_INDENT = 16;

    private final int indent;
    private final StringBuilder json = new StringBuilder();

    private PythonJson(int indent) {
        this.indent = Math.max(0, Math.min(MOST_INDENT, indent));
    }

    /**
     * Writes a value.
     *
     * @param indent spaces for each level; 0 for a single line
     * @param ascii  whether all other characters are written as escapes
     */
    static String write(@Nullable Object value, int indent, boolean ascii) {
        PythonJson writer = new PythonJson(indent);
        writer.add(value, 1);
        return ascii ? escaped(writer.json) : writer.json.toString();
    }

    private static String escaped(CharSequence json) {
        StringBuilder escaped = new StringBuilder();
        json.chars().forEach(unit -> {
            if (unit < 0x7f) {
                escaped.append((char) unit);
            } else {
                escaped.append("\\u%04x".formatted(unit));
            }
        });
        return escaped.toString();
    }

    private void add(@Nullable Object value, int level) {
        if (value == null || value instanceof Boolean || value instanceof Number) {
            json.append(value);
        } else if (value instanceof Map<?, ?> map) {
            addAll(map.entrySet(), '{', '}', level);
        } else if (value instanceof Collection<?> list) {
            addAll(list, '[', ']', level);
        } else if (value instanceof String text) {
            json.append(StringNode.valueOf(text));
        } else {
            throw new JinjaException("%s cannot be written as JSON".formatted(Python.kind(value)));
        }
    }

    private void addAll(Collection<?> values, char open, char close, int level) {
        json.append(open);
        for (Iterator<?> all = values.iterator(); all.hasNext(); ) {
            feed(level);
            Object next = all.next();
            if (next instanceof Map.Entry<?, ?> entry) {
                add(String.valueOf(entry.getKey()), level);
                json.append(": ");
                add(entry.getValue(), level + 1);
            } else {
                add(next, level + 1);
            }
            if (all.hasNext()) {
                json.append(indent > 0 ? "," : ", ");
            }
        }
        if (!values.isEmpty()) {
            feed(level - 1);
        }
        json.append(close);
    }

    private void feed(int level) {
        if (indent > 0) {
            json.append('\n').append(" ".repeat(indent * level));
        }
    }
}
