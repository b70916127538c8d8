package dev.pargo.models.tokenizer;

import dev.pargo.models.config.JsonConfig;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * How a {@code tokenizer.json} turns tokens into text.
 *
 * @param byteLevel    every character of a token stands for a byte; otherwise tokens are pieces of text
 * @param byteFallback pieces {@code <0x0A>} are bytes
 * @param dummyPrefix  encoding puts a space before the text
 * @param continuation beginning of tokens that continue a word (WordPiece), where all others begin one; empty if spaces are part of
 *                     the tokens
 * @param cleansUp     whether some punctuation does not begin a word
 */
record TokenDecoder(
        boolean byteLevel, boolean byteFallback, boolean dummyPrefix, String continuation, boolean cleansUp) {

    /** No space stands before tokens that begin with these ({@code cleanup} in the library's WordPiece decoder). */
    private static final List<String> CLOSING = List.of(".", "?", "!", ",", "n't", "'m", "'s", "'ve", "'re");

    /** @throws dev.pargo.models.config.ConfigException if the file's way of decoding is not supported */
    static TokenDecoder of(JsonConfig file) {
        JsonNode decoder = file.section("decoder").json();
        List<JsonNode> steps = new ArrayList<>();
        (decoder.has("decoders") ? decoder.get("decoders") : List.of(decoder)).forEach(steps::add);
        boolean byteLevel = false;
        boolean byteFallback = false;
        boolean dummyPrefix = false;
        String continuation = "";
        boolean cleansUp = false;
        for (JsonNode step : steps) {
            String type = step.path("type").asString("");
            switch (type) {
                case "ByteLevel" -> byteLevel = true;
                case "ByteFallback" -> byteFallback = true;
                case "Strip" -> dummyPrefix |= step.path("start").asInt(0) == 1;
                case "Metaspace" -> dummyPrefix |= prepends(step);
                case "WordPiece" -> {
                    continuation = step.path("prefix").asString("##");
                    cleansUp = step.path("cleanup").asBoolean(true);
                    dummyPrefix = true;
                }
                case "Replace", "Fuse" -> {
                    // Reading pieces includes replacing the space symbol and joining pieces.
                }
                default ->
                    throw file.unknown(
                            "decoder", type, "ByteLevel, ByteFallback, Fuse, Metaspace, Replace, Strip, WordPiece");
            }
        }
        return new TokenDecoder(byteLevel, byteFallback, dummyPrefix, continuation, cleansUp);
    }

    /** Newer files have a scheme, older ones a flag. */
    private static boolean prepends(JsonNode metaspace) {
        return !metaspace.path("prepend_scheme").asString("always").equals("never")
                && metaspace.path("add_prefix_space").asBoolean(true);
    }

    /** The bytes that a token stands for. */
    byte[] bytes(String token) {
        if (byteLevel) {
            return TokenBytes.ofByteLevel(token);
        }
        if (!continuation.isEmpty()) {
            return wordPiece(token).getBytes(StandardCharsets.UTF_8);
        }
        return byteFallback && TokenBytes.isByte(token) ? TokenBytes.ofByte(token) : TokenBytes.ofPiece(token);
    }

    private String wordPiece(String token) {
        if (token.startsWith(continuation)) {
            return token.substring(continuation.length());
        }
        return cleansUp && CLOSING.stream().anyMatch(token::startsWith) ? token : " " + token;
    }
}
