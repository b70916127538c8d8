package dev.pargo.models.tokenizer;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import dev.pargo.models.config.ConfigException;
import dev.pargo.models.config.JsonConfig;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.UUID;
import java.util.stream.LongStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A {@code tokenizer.json} of Hugging Face's tokenizers. The library encodes. Decoding is implemented here, because
 * whole characters are needed token by token.
 *
 * <p>The library finds special tokens in any text, and its Java interface cannot switch that off. So the special tokens
 * get random names in the description that the library reads. Only the vocabulary of this class has their real names.
 */
final class FastTokenizer implements Tokenizer {

    private static final Map<String, String> OPTIONS =
            Map.of("addSpecialTokens", "false", "truncation", "do_not_truncate", "padding", "do_not_pad");

    private static final String ADDED = "added_tokens";

    /** A token that is put before a text so that the text does not begin a prompt. No text has it. */
    private static final String LEAD = UUID.randomUUID().toString();

    private final HuggingFaceTokenizer library;
    private final boolean spacesFirstOnly;
    private final Vocabulary vocabulary;

    /** @throws ConfigException if the file is not such a description, or decodes in a way that is unknown here */
    FastTokenizer(JsonConfig file) {
        TokenModel model = TokenModel.of(file);
        vocabulary = file.make(() -> vocabulary(file, model, TokenDecoder.of(file)));
        spacesFirstOnly = spacesFirstOnly(file);
        library = load(file, withoutSpecialTokens(file, model));
    }

    private static Vocabulary vocabulary(JsonConfig file, TokenModel model, TokenDecoder decoder) {
        Vocabulary vocabulary = new Vocabulary(decoder.dummyPrefix());
        model.ids().forEach((token, id) -> vocabulary.put(id, decoder.bytes(token)));
        for (JsonNode token : file.json().path(ADDED)) {
            int id = token.path("id").asInt(-1);
            String text = token.path("content").asString("");
            if (isSpecial(token)) {
                vocabulary.putControl(id, text);
            } else {
                vocabulary.put(id, decoder.bytes(text));
            }
        }
        return vocabulary;
    }

    private static JsonNode withoutSpecialTokens(JsonConfig file, TokenModel model) {
        ObjectNode description = JsonNodeFactory.instance.objectNode().setAll((ObjectNode) file.json());
        ArrayNode added = description.putArray(ADDED);
        Map<String, String> hidden = new HashMap<>();
        for (JsonNode token : file.json().path(ADDED)) {
            String name = token.path("content").asString("");
            if (!isSpecial(token)) {
                added.add(token);
            } else if (model.ids().containsKey(name)) {
                hidden.put(name, UUID.randomUUID().toString());
            } else {
                // The library numbers tokens outside the vocabulary by their order, so their places are kept.
                added.add(((ObjectNode) token.deepCopy())
                        .put("content", UUID.randomUUID().toString()));
            }
        }
        if (!hidden.isEmpty()) {
            description.set("model", model.renamed(hidden));
        }
        if (spacesFirstOnly(file)) {
            int ids = model.ids().size() + added.size();
            added.addObject().put("id", ids).put("content", LEAD).put("special", true);
            for (String option : List.of("single_word", "lstrip", "rstrip", "normalized")) {
                ((ObjectNode) added.get(added.size() - 1)).put(option, false);
            }
        }
        // These sections only add special tokens, truncate or pad.
        for (String unused : List.of("post_processor", "truncation", "padding")) {
            description.putNull(unused);
        }
        return description;
    }

    /** Whether only the first text of a prompt gets a space before it; otherwise all texts do, or none. */
    static boolean spacesFirstOnly(JsonConfig file) {
        return file.json()
                .path("pre_tokenizer")
                .findValuesAsString("prepend_scheme")
                .contains("first");
    }

    private static boolean isSpecial(JsonNode token) {
        return token.path("special").asBoolean(false);
    }

    private static HuggingFaceTokenizer load(JsonConfig file, JsonNode description) {
        try {
            byte[] json = description.toString().getBytes(StandardCharsets.UTF_8);
            return HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(json), OPTIONS);
        } catch (IOException | RuntimeException e) {
            throw new ConfigException("%s does not describe a tokenizer: %s".formatted(file.file(), e.getMessage()), e);
        }
    }

    @Override
    public int[] encode(String text) {
        if (text.isEmpty()) {
            return new int[0];
        }
        return ids(text);
    }

    @Override
    public int[] encodeInside(String text) {
        if (text.isEmpty() || !spacesFirstOnly) {
            return encode(text);
        }
        int[] ids = ids(LEAD + text);
        return Arrays.copyOfRange(ids, 1, ids.length);
    }

    private int[] ids(String text) {
        return LongStream.of(library.encode(text).getIds())
                .mapToInt(Math::toIntExact)
                .toArray();
    }

    @Override
    public Detokenizer newDetokenizer() {
        return vocabulary.newDetokenizer();
    }

    @Override
    public Detokenizer newDetokenizerInside() {
        return vocabulary.newDetokenizerInside();
    }

    @Override
    public OptionalInt controlToken(String piece) {
        return vocabulary.control(piece);
    }

    @Override
    public Set<String> controlTokens() {
        return vocabulary.controls();
    }

    @Override
    public byte[] bytes(int id) {
        return vocabulary.bytes(id);
    }

    @Override
    public byte[] firstBytes(int id) {
        return vocabulary.firstBytes(id);
    }

    @Override
    public int vocabulary() {
        return vocabulary.size();
    }

    @Override
    public void close() {
        library.close();
    }
}
