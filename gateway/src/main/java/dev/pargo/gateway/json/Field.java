package dev.pargo.gateway.json;

import org.jspecify.annotations.Nullable;

/**
 * One field of an object: the source of its reading, its checks and its documentation. Every field is itself only.
 *
 * @param <T> Java type of its values
 */
public final class Field<T> {

    /** What becomes of a field. */
    public enum Treatment {
        /** It has its effect. */
        HONOURED,
        /** Its type is checked; it has no effect on answers. */
        IGNORED,
        /** It would change the answer and cannot be honoured: values other than the neutral one are refused. */
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
     * A field that has its effect.
     *
     * @param otherwise what holds where it is absent or null, in words; null if nothing does
     */
    public static <T> Field<T> of(String name, Type<T> type, @Nullable String otherwise, String meaning) {
        return new Field<>(name, type, Treatment.HONOURED, otherwise, meaning);
    }

    /** A field whose type is checked, and which has no effect. */
    public static <T> Field<T> ignored(String name, Type<T> type, String meaning) {
        return new Field<>(name, type, Treatment.IGNORED, null, meaning);
    }

    /** A field that is refused unless it has its neutral value. */
    public static <T> Field<T> refused(String name, Type<T> neutral, String meaning) {
        return new Field<>(name, neutral, Treatment.REFUSED, null, meaning);
    }

    /** As it is written in JSON. */
    public String name() {
        return name;
    }

    /** What is accepted, with its bounds. */
    public Type<T> type() {
        return type;
    }

    public Treatment treatment() {
        return treatment;
    }

    /** What holds where the field is absent or null, in words. */
    public @Nullable String otherwise() {
        return otherwise;
    }

    public String meaning() {
        return meaning;
    }
}
