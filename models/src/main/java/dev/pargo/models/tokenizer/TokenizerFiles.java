package dev.pargo.models.tokenizer;

import dev.pargo.models.config.ConfigException;
import dev.pargo.models.config.JsonConfig;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** The files of a tokenizer beside a published LLM. */
record TokenizerFiles(Path directory) {

    private static final String MODEL = "tokenizer.model";
    private static final String FAST = "tokenizer.json";
    private static final String CONFIG = "tokenizer_config.json";

    private static final Pattern TIKTOKEN_LINE = Pattern.compile("[A-Za-z0-9+/]+=* [0-9]+\\r?\\n");
    private static final int LINE = 1024;

    /** A tiktoken file, which some publishers call {@code tokenizer.model} too, is ignored beside a {@code tokenizer.json}. */
    Tokenizer open() {
        Path model = directory.resolve(MODEL);
        Path fast = directory.resolve(FAST);
        boolean tiktoken = Files.exists(model) && isTiktoken(model);
        if (Files.exists(model) && !tiktoken) {
            return new SentencePieceTokenizer(model, addedControls(), spacesFirstOnly());
        }
        if (Files.exists(fast)) {
            return new FastTokenizer(JsonConfig.read(fast));
        }
        if (tiktoken) {
            throw new ConfigException("%s is a tiktoken file, which is not read without a %s".formatted(model, FAST));
        }
        throw new ConfigException("%s has no tokenizer: neither %s nor %s".formatted(directory, MODEL, FAST));
    }

    /**
     * Whether each line of the file is a token in Base64 and its rank. A SentencePiece file begins with the field of a
     * piece.
     */
    private static boolean isTiktoken(Path model) {
        try (InputStream in = Files.newInputStream(model)) {
            return TIKTOKEN_LINE
                    .matcher(new String(in.readNBytes(LINE), StandardCharsets.ISO_8859_1))
                    .lookingAt();
        } catch (IOException e) {
            throw new ConfigException("cannot read " + model, e);
        }
    }

    /** Read from the newer file if it exists, or else from the setting {@code legacy}. */
    private boolean spacesFirstOnly() {
        Path fast = directory.resolve(FAST);
        Path config = directory.resolve(CONFIG);
        return Files.exists(fast)
                ? FastTokenizer.spacesFirstOnly(JsonConfig.read(fast))
                : Files.exists(config) && !JsonConfig.read(config).flag("legacy", true);
    }

    /** Control tokens that a slow tokenizer adds to those of its model. */
    private Map<String, Integer> addedControls() {
        Map<String, Integer> controls = new HashMap<>();
        Path config = directory.resolve(CONFIG);
        Path fast = directory.resolve(FAST);
        Path added = directory.resolve("added_tokens.json");
        if (Files.exists(config) && JsonConfig.read(config).has("added_tokens_decoder")) {
            JsonConfig decoder = JsonConfig.read(config).section("added_tokens_decoder");
            for (Map.Entry<String, JsonNode> token : decoder.json().properties()) {
                if (token.getValue().path("special").asBoolean(false)) {
                    controls.put(token.getValue().path("content").asString(""), id(decoder, token.getKey()));
                }
            }
        } else if (Files.exists(fast)) {
            for (JsonNode token : JsonConfig.read(fast).json().path("added_tokens")) {
                if (token.path("special").asBoolean(false)) {
                    controls.put(
                            token.path("content").asString(""), token.path("id").asInt());
                }
            }
        } else if (Files.exists(added)) {
            // Older files do not tell which tokens are special. Nearly all are, and it is safe to treat the others as
            // control tokens too.
            JsonConfig tokens = JsonConfig.read(added);
            tokens.json().propertyNames().forEach(name -> controls.put(name, tokens.integer(name)));
        }
        return controls;
    }

    private static int id(JsonConfig decoder, String key) {
        try {
            return Integer.parseUnsignedInt(key);
        } catch (NumberFormatException e) {
            throw decoder.problem("added_tokens_decoder has '%s' for a token's id".formatted(key));
        }
    }
}
