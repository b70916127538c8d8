package dev.pargo.models.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The tensors of a case's {@code golden.safetensors}. */
record Golden(JsonNode header, ByteBuffer data) {

    static Golden read(Path file) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        byte[] header = new byte[(int) bytes.getLong()];
        bytes.get(header);
        return new Golden(
                JsonMapper.shared().readTree(new String(header, StandardCharsets.UTF_8)),
                bytes.slice().order(ByteOrder.LITTLE_ENDIAN));
    }

    byte[] bytes(String name) {
        JsonNode range = header.get(name).get("data_offsets");
        byte[] values = new byte[range.get(1).asInt() - range.get(0).asInt()];
        data.get(range.get(0).asInt(), values);
        return values;
    }

    float[] floats(String name) {
        ByteBuffer bytes = ByteBuffer.wrap(bytes(name)).order(ByteOrder.LITTLE_ENDIAN);
        float[] values = new float[bytes.remaining() / Float.BYTES];
        bytes.asFloatBuffer().get(values);
        return values;
    }
}
