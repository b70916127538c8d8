package dev.pargo.gateway.json;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonToken;

/** The fields of a kind of object. Unknown members are skipped, and not kept in memory. */
public final class Fields implements Type<Values> {

    private final List<Field<?>> fields;
    private final Map<String, Field<?>> byName;

    private Fields(List<Field<?>> fields) {
        this.fields = fields;
        this.byName = fields.stream().collect(Collectors.toMap(Field::name, Function.identity()));
    }

    public static Fields of(Field<?>... fields) {
        return new Fields(List.of(fields));
    }

    /** These fields and then others. */
    public Fields and(Field<?>... others) {
        return and(List.of(others));
    }

    /** These fields and then others. */
    public Fields and(List<Field<?>> others) {
        return new Fields(
                Stream.of(fields, others).<Field<?>>flatMap(List::stream).toList());
    }

    /** All fields, in the order of their documentation. */
    public List<Field<?>> all() {
        return fields;
    }

    @Override
    public Values read(JsonCursor json) {
        if (json.token() != JsonToken.START_OBJECT) {
            throw json.mustBe("an object");
        }
        Map<Field<?>, Object> values = new HashMap<>();
        Set<Field<?>> given = new HashSet<>();
        while (json.next() != JsonToken.END_OBJECT) {
            @Nullable Field<?> field = byName.get(json.parser().currentName());
            json.next();
            if (field == null) {
                json.skip();
                continue;
            }
            json.enter(field.name());
            @Nullable Object value = null;
            if (json.isNull()) {
                given.remove(field);
            } else {
                given.add(field);
                value = field.type().read(json);
            }
            if (value == null) {
                values.remove(field);
            } else {
                values.put(field, value);
            }
            json.leave();
        }
        return new Values(values, given);
    }

    private static String described(Field<?> field) {
        return switch (field.treatment()) {
            case HONOURED ->
                field.otherwise() == null
                        ? field.meaning()
                        : field.meaning() + " Otherwise: " + field.otherwise() + ".";
            case IGNORED -> "Ignored. " + field.meaning();
            case REFUSED -> "Refused (%s). %s".formatted(field.type().words(), field.meaning());
        };
    }

    @Override
    public String words() {
        return "object with " + fields.stream().map(Field::name).collect(Collectors.joining(", "));
    }

    @Override
    public Map<String, Object> schema() {
        Map<String, Object> properties = new LinkedHashMap<>();
        for (Field<?> field : fields) {
            Map<String, Object> schema = new LinkedHashMap<>(field.type().schema());
            schema.put("description", described(field));
            properties.put(field.name(), schema);
        }
        return Map.of("type", "object", "properties", properties);
    }
}
