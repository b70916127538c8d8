package dev.pargo.models.weights;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** JSON objects beside and inside weight files. A repeated key is an error, because it is unclear which one is meant. */
final class Json {

    private static final int MAX_FILE_BYTES = 16 << 20;

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private Json() {}

    static JsonNode file(Path path) {
        try (WeightFile file = WeightFile.open(path)) {
            if (file.size() > MAX_FILE_BYTES) {
                throw file.problem("has %d bytes, more than the %d allowed".formatted(file.size(), MAX_FILE_BYTES));
            }
            return object(path, "the file", file.read(0, (int) file.size()));
        }
    }

    /** @param what name of the text in messages */
    static JsonNode object(Path path, String what, ByteBuffer text) {
        try {
            JsonNode node = MAPPER.readTree(text.array(), text.position(), text.remaining());
            if (node.isObject()) {
                return node;
            }
        } catch (JacksonException e) {
            throw new CheckpointException(path, what + " is not valid JSON", e);
        }
        throw new CheckpointException(path, what + " is not a JSON object");
    }
}
