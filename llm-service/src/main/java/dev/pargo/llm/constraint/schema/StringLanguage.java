package dev.pargo.llm.constraint.schema;

import dev.pargo.llm.constraint.language.FormatException;
import dev.pargo.llm.constraint.language.JsonString;
import dev.pargo.llm.constraint.language.Language;
import dev.pargo.llm.constraint.language.Regex;
import java.util.Optional;

/** Strings with a length, patterns and formats. */
final class StringLanguage {

    /** Largest length in code points. A larger upper bound is reduced to this; a larger lower bound is refused. */
    static final int MAX_LENGTH = 2_000;

    private StringLanguage() {}

    /** The JSON texts of these strings, including quotes. */
    static Language quoted(Facets.Strings strings, String path) {
        return strings.equals(Facets.Strings.NONE) ? JsonString.ANY : JsonString.of(values(strings, path));
    }

    /** The strings themselves. */
    static Language values(Facets.Strings strings, String path) {
        Language values = length(strings, path);
        for (String pattern : strings.patterns()) {
            values = joined(values, path + "/pattern", () -> Regex.search(pattern));
        }
        for (String format : strings.formats()) {
            Optional<Language> known = StringFormats.find(format);
            if (known.isPresent()) {
                values = joined(values, path + "/format", known::get);
            }
        }
        return values;
    }

    private static Language joined(Language values, String path, java.util.function.Supplier<Language> other) {
        return Refusals.at(path, () -> values == Language.ANY ? other.get() : values.and(other.get()));
    }

    private static Language length(Facets.Strings strings, String path) {
        int min = strings.minLength();
        int max = strings.maxLength();
        if (min > MAX_LENGTH) {
            throw new FormatException("%s/minLength must be at most %d".formatted(path, MAX_LENGTH));
        }
        if (max < 0) {
            return min == 0 ? Language.ANY : Language.ofLength(min);
        }
        return min > max ? Language.NONE : Language.ofLength(min, Math.min(max, MAX_LENGTH));
    }
}
