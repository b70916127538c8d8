package dev.pargo.llm.constraint.schema;

import dev.pargo.llm.constraint.language.Language;
import dev.pargo.llm.constraint.language.Regex;
import java.util.Map;
import java.util.Optional;

/**
 * The strings of {@code format}. Each language is the part of the format that validators agree on: no leap seconds, no
 * 29th of February. Like most validators, it has no list of top-level domains. Other formats are annotations, which is
 * JSON Schema's default for all formats.
 */
final class StringFormats {

    private static final String DATE = "[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
            + "|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))";
    private static final String TIME =
            "(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]{1,6})?(?:Z|[+-](?:0[0-9]|1[0-3]):[0-5][0-9])";
    private static final String OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
    private static final String LABEL = "[a-z0-9](?:[a-z0-9-]{0,20}[a-z0-9])?";
    private static final String HOST = LABEL + "(?:\\." + LABEL + "){0,3}\\.[a-z]{2,10}";

    private static final Map<String, String> PATTERNS = Map.of(
            "date",
            DATE,
            "time",
            TIME,
            "date-time",
            "(?:" + DATE + ")T" + TIME,
            "duration",
            "P(?:[0-9]{1,4}W|[0-9]{1,4}D(?:T[0-9]{1,4}H(?:[0-9]{1,4}M)?)?|T[0-9]{1,4}[HMS])",
            "email",
            "[A-Za-z0-9_+-]{1,32}(?:\\.[A-Za-z0-9_+-]{1,16}){0,2}@" + HOST,
            "hostname",
            HOST,
            "ipv4",
            OCTET + "(?:\\." + OCTET + "){3}",
            "ipv6",
            "(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}",
            "uuid",
            "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
            "uri",
            "https?://" + HOST + "(?:/[A-Za-z0-9_.~-]{0,64}){0,8}");

    private StringFormats() {}

    /** The strings of a format; empty if the format is an annotation. */
    static Optional<Language> find(String format) {
        return Optional.ofNullable(PATTERNS.get(format)).map(Regex::fullMatch);
    }
}
