package dev.pargo.models.tokenizer;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import dev.pargo.models.config.ConfigException;
import dev.pargo.models.config.JsonConfig;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.LongStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A {@code tokenizer.json} of Hugging Face's tokenizers. Encoding is the library's, decoding is ours, for it must give
 * whole characters token by token.
 *
 * <p>The library finds special tokens in any text and cannot be told not to through its Java interface. So it never
 * learns of them: they are taken out of the description before it is handed over, and stand here alone.
 */
final class FastTokenizer implements Tokenizer {

    private static final Map<String, String> OPTIONS =
            Map.of("addSpecialTokens", "false", "truncation", "do_not_truncate", "padding", "do_not_pad");

    private final HuggingFaceTokenizer library;
    private final List<Piece> pieces = new ArrayList<>();
    private final Map<String, Integer> controlTokens = new HashMap<>();
    private final TokenDecoder decoder;

    /** @throws ConfigException if the file is not such a description, or decodes in a way that is unknown here */
    FastTokenizer(JsonConfig file) {
        decoder = TokenDecoder.of(file);
        JsonConfig model = file.section("model");
        String type = model.string("type", "BPE");
        if (!type.equals("BPE")) {
            throw model.unknown("type", type, "BPE");
        }
        for (Map.Entry<String, JsonNode> token : model.section("vocab").json().properties()) {
            put(token.getValue().asInt(-1), decoder.piece(token.getKey()), file);
        }
        ObjectNode description = (ObjectNode) file.json().deepCopy();
        ArrayNode ordinary = description.putArray("added_tokens");
        for (JsonNode token : file.json().path("added_tokens")) {
            String text = token.path("content").asString("");
            boolean special = token.path("special").asBoolean(false);
            int id = token.path("id").asInt(-1);
            put(id, new Piece(text, special ? Piece.Type.CONTROL : Piece.Type.USER_DEFINED), file);
            if (special) {
                controlTokens.put(text, id);
            } else {
                ordinary.add(token);
            }
        }
        // All that these could do is add special tokens, cut or pad.
        for (String unused : List.of("post_processor", "truncation", "padding")) {
            description.putNull(unused);
        }
        library = load(file, description);
    }

    private static HuggingFaceTokenizer load(JsonConfig file, JsonNode description) {
        try {
            byte[] json = description.toString().getBytes(StandardCharsets.UTF_8);
            return HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(json), OPTIONS);
        } catch (IOException | RuntimeException e) {
            throw new ConfigException(file.file() + " is not a description of a tokenizer", e);
        }
    }

    private void put(int id, Piece piece, JsonConfig file) {
        if (id < 0 || id > TokenizerFiles.MAX_ID) {
            throw file.problem("token '%s' has no id from 0 to %d".formatted(piece.text(), TokenizerFiles.MAX_ID));
        }
        while (pieces.size() <= id) {
            pieces.add(new Piece("", Piece.Type.UNUSED));
        }
        pieces.set(id, piece);
    }

    @Override
    public int[] encode(String text) {
        if (text.isEmpty()) {
            return new int[0];
        }
        return LongStream.of(library.encode(text).getIds())
                .mapToInt(Math::toIntExact)
                .toArray();
    }

    @Override
    public Detokenizer newDetokenizer() {
        return decoder.newDetokenizer(pieces);
    }

    @Override
    public OptionalInt controlToken(String piece) {
        Integer id = controlTokens.get(piece);
        return id == null ? OptionalInt.empty() : OptionalInt.of(id);
    }

    @Override
    public int vocabulary() {
        return pieces.size();
    }

    @Override
    public void close() {
        library.close();
    }
}
