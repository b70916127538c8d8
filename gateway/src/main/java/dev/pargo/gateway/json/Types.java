package dev.pargo.gateway.json;

import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonToken;

/** The types of fields. */
public final class Types {

    private Types() {}

    /** True or false. */
    public static Type<Boolean> bool() {
        return new BoolType();
    }

    /** A whole number of a range. */
    public static Type<Long> whole(long least, long most) {
        return new WholeType(least, most, false);
    }

    /** A whole number of a range, or -1, which means the same as no value: it is read as null. */
    public static Type<Long> wholeOrOff(long least, long most) {
        return new WholeType(least, most, true);
    }

    /** A number of a range, both ends included. */
    public static Type<Double> number(int least, int most) {
        return new NumberType(least, most, false);
    }

    /** A number above zero, and still above zero as a float. */
    public static Type<Double> positive(int most) {
        return new NumberType(0, most, true);
    }

    /** @param most characters */
    public static Type<String> text(int most) {
        return new TextType(1, most);
    }

    public static Type<String> anyText() {
        return new TextType(0, Integer.MAX_VALUE);
    }

    /** One of some words. */
    public static Type<String> word(String... words) {
        return new WordType(List.of(words));
    }

    /** @param items name of the items in messages, in the plural */
    public static <T> Type<List<T>> list(Type<T> item, int least, int most, String items) {
        return new ListType<>(item, least, most, items, false);
    }

    /** A list, or a single item, which means a list of one. */
    public static <T> Type<List<T>> oneOrList(Type<T> item, int most, String items) {
        return new ListType<>(item, 0, most, items, true);
    }

    /** An object whose names are data. */
    public static <T> Type<Map<String, T>> map(Type<T> value, int most, String items) {
        return new MapType<>(value, most, items);
    }

    /** An object with fields of its own. */
    public static Type<Values> object(Fields fields) {
        return fields;
    }

    /** Any JSON value, as text. @param most characters */
    public static Type<String> json(int most) {
        return new RawJsonType(most, false);
    }

    /** Any JSON value as text, or a text that holds one. */
    public static Type<String> jsonOrText(int most) {
        return new RawJsonType(most, true);
    }

    /** Any value of a kind, which is skipped. */
    public static Type<Boolean> skipped(String words, JsonToken... starts) {
        return new SkippedType(words, List.of(starts));
    }

    /** Only a neutral value, such as {@code false}, {@code []} or {@code "none"}. */
    public static Type<Boolean> only(String... neutral) {
        return new NeutralType(List.of(neutral));
    }
}
