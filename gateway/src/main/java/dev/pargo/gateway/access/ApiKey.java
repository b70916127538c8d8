package dev.pargo.gateway.access;

import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The configuration of one API key. Written as {@code NAME SHA256 [models=A,B] [requests-per-minute=N]
 * [concurrency=N]}.
 *
 * @param name              for metrics and logs, unique
 * @param sha256            hash of the key, in lower-case hexadecimal digits; the key itself is not known
 * @param models            names of the models that it may use; empty for all
 * @param requestsPerMinute 0 for no limit
 * @param concurrency       requests at once; 0 for no limit
 */
record ApiKey(String name, String sha256, Set<String> models, int requestsPerMinute, int concurrency) {

    /** Used for all clients if no key is configured. */
    static final ApiKey NONE = new ApiKey("", "", Set.of(), 0, 0);

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final Pattern SHA_256 = Pattern.compile("[0-9a-fA-F]{64}");
    private static final Pattern LIMIT = Pattern.compile("[1-9][0-9]{0,5}");

    /**
     * Reads keys, one on each line or separated by semicolons. Blank lines and lines that start with {@code #} are
     * ignored.
     *
     * @param source origin of the text, for messages
     * @throws IllegalArgumentException with the number of the entry; never with its text, which may be a key
     */
    static List<ApiKey> parse(String text, String source) {
        Set<String> names = new HashSet<>();
        List<String> entries = text.lines()
                .filter(line -> !line.strip().startsWith("#"))
                .flatMap(line -> List.of(line.split(";")).stream())
                .map(String::strip)
                .filter(entry -> !entry.isEmpty())
                .toList();
        return IntStream.range(0, entries.size())
                .mapToObj(i -> {
                    try {
                        ApiKey key = entry(entries.get(i));
                        require(names.add(key.name()), "the name is taken");
                        return key;
                    } catch (IllegalArgumentException wrong) {
                        throw new IllegalArgumentException(
                                "%s, key %d: %s".formatted(source, i + 1, wrong.getMessage()));
                    }
                })
                .toList();
    }

    private static ApiKey entry(String text) {
        String[] words = text.split("\\s+");
        require(words.length >= 2, "a key is NAME SHA256 [models=A,B] [requests-per-minute=N] [concurrency=N]");
        require(NAME.matcher(words[0]).matches(), "a name has 1 to 64 letters, digits, dots, dashes or underscores");
        require(SHA_256.matcher(words[1]).matches(), "the SHA-256 hash of a key has 64 hexadecimal digits");
        Set<String> models = Set.of();
        int requestsPerMinute = 0;
        int concurrency = 0;
        for (String option : List.of(words).subList(2, words.length)) {
            String value = option.substring(option.indexOf('=') + 1);
            switch (option.substring(0, option.length() - value.length())) {
                case "models=" -> models = models(value);
                case "requests-per-minute=" -> requestsPerMinute = limit(value);
                case "concurrency=" -> concurrency = limit(value);
                default ->
                    throw new IllegalArgumentException("options are models=, requests-per-minute= and concurrency=");
            }
        }
        return new ApiKey(words[0], words[1].toLowerCase(Locale.ROOT), models, requestsPerMinute, concurrency);
    }

    private static Set<String> models(String value) {
        Set<String> names = new LinkedHashSet<>(List.of(value.split(",", -1)));
        require(!names.contains(""), "models= needs names, separated by commas");
        return names;
    }

    private static int limit(String value) {
        require(LIMIT.matcher(value).matches(), "a limit is between 1 and 999999");
        return Integer.parseInt(value);
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new IllegalArgumentException(message);
        }
    }
}
