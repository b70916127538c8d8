package dev.pargo.models.tokenizer;

import dev.pargo.models.config.JsonConfig;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * How a {@code tokenizer.json} turns tokens into text.
 *
 * @param byteLevel    every character of a token stands for a byte; otherwise tokens are pieces of text
 * @param byteFallback pieces {@code <0x0A>} are bytes
 * @param dummyPrefix  encoding puts a space before the text
 */
record TokenDecoder(boolean byteLevel, boolean byteFallback, boolean dummyPrefix) {

    /** @throws dev.pargo.models.config.ConfigException if the file's way of decoding is not supported */
    static TokenDecoder of(JsonConfig file) {
        JsonNode decoder = file.section("decoder").json();
        List<JsonNode> steps = new ArrayList<>();
        (decoder.has("decoders") ? decoder.get("decoders") : List.of(decoder)).forEach(steps::add);
        boolean byteLevel = false;
        boolean byteFallback = false;
        boolean dummyPrefix = false;
        for (JsonNode step : steps) {
            String type = step.path("type").asString("");
            switch (type) {
                case "ByteLevel" -> byteLevel = true;
                case "ByteFallback" -> byteFallback = true;
                case "Strip" -> dummyPrefix |= step.path("start").asInt(0) == 1;
                case "Metaspace" -> dummyPrefix |= prepends(step);
                case "Replace", "Fuse" -> {
                    // Replacing the space symbol and joining pieces is what reading pieces is.
                }
                default ->
                    throw file.unknown("decoder", type, "ByteLevel, ByteFallback, Fuse, Metaspace, Replace, Strip");
            }
        }
        return new TokenDecoder(byteLevel, byteFallback, dummyPrefix);
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
        return byteFallback && TokenBytes.isByte(token) ? TokenBytes.ofByte(token) : TokenBytes.ofPiece(token);
    }
}
