package dev.pargo.gateway.json;

import org.jspecify.annotations.Nullable;

/**
 * One field of an object. Its reading, checks and documentation follow from it. Fields are compared by identity.
 *
 * @param <T> Java type of its values
 */
public final class Field<T> {

    /** How a field is treated. */
    public enum Treatment {
        /** The field has an effect. */
        HONOURED,
        /** The type is checked; the field has no effect on answers. */
        IGNORED,
        /** The field would change the answer and is not supported: values other than the neutral one are refused. */
        REFUSED
    }

    private final String name;
    private final Type<T> type;
    private final Treatment treatment;
    private final @Nullable String otherwise;
    private final String meaning;

    private Field(String name, Type<T> type, Treatment treatment, @Nullable String otherwise, String meaning) {
        this.name = name;
        this.type = type;
        this.treatment = treatment;
        this.otherwise = otherwise;
        this.meaning = meaning;
    }

    /**
     * A field with an effect.
     *
     * @param otherwise the default if it is absent or null, in words; null if there is none
     */
    public static <T> Field<T> of(String name, Type<T> type, @Nullable String otherwise, String meaning) {
        return new Field<>(name, type, Treatment.HONOURED, otherwise, meaning);
    }

    /** A field whose type is checked, without an effect. */
    public static <T> Field<T> ignored(String name, Type<T> type, String meaning) {
        return new Field<>(name, type, Treatment.IGNORED, null, meaning);
    }

    /** A field that is refused unless it has its neutral value. */
    public static <T> Field<T> refused(String name, Type<T> neutral, String meaning) {
        return new Field<>(name, neutral, Treatment.REFUSED, null, meaning);
    }

    /** The name in JSON. */
    public String name() {
        return name;
    }

    /** The accepted values, with their bounds. */
    public Type<T> type() {
        return type;
    }

    public Treatment treatment() {
        return treatment;
    }

    /** The default if the field is absent or null, in words. */
    public @Nullable String otherwise() {
        return otherwise;
    }

    public String meaning() {
        return meaning;
    }
}
