package dev.pargo.models.weights;

import dev.pargo.models.tensor.DType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Writes safetensors files as the format's reference library does: wide types first, then by name. */
public final class SafetensorsWriter {

    private static final Map<DType, String> DTYPES =
            Safetensors.DTYPES.entrySet().stream().collect(Collectors.toMap(Map.Entry::getValue, Map.Entry::getKey));

    /** With wide types first and this header, every element lies at a multiple of its width. Mapping needs that. */
    private static final int ALIGNMENT = 8;

    private static final Comparator<WrittenTensor> ORDER = Comparator.comparingInt(
                    (WrittenTensor tensor) -> -tensor.dtype().bytes())
            .thenComparing(WrittenTensor::name);

    private SafetensorsWriter() {}

    /**
     * Writes a new file.
     *
     * @throws CheckpointException if the file exists already or cannot be written
     * @throws IllegalArgumentException if the values of a tensor do not have the tensor's length
     */
    public static void write(Path path, List<WrittenTensor> tensors, TensorValues values) {
        List<WrittenTensor> ordered = tensors.stream().sorted(ORDER).toList();
        try (WeightOutput file = WeightOutput.create(path)) {
            file.write(header(ordered));
            for (WrittenTensor tensor : ordered) {
                file.write(tensor, values, file::write);
            }
        }
    }

    private static ByteBuffer header(List<WrittenTensor> tensors) {
        ObjectNode header = JsonNodeFactory.instance.objectNode();
        header.putObject("__metadata__").put("format", "pt");
        long offset = 0;
        for (WrittenTensor tensor : tensors) {
            ObjectNode entry = header.putObject(tensor.name()).put("dtype", DTYPES.get(tensor.dtype()));
            ArrayNode shape = entry.putArray("shape");
            for (long dimension : tensor.shape()) {
                shape.add(dimension);
            }
            entry.putArray("data_offsets").add(offset).add(offset += tensor.bytes());
        }
        byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
        int padded = (json.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        ByteBuffer bytes = ByteBuffer.allocate(Safetensors.PREFIX + padded).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(padded).put(json);
        while (bytes.hasRemaining()) {
            bytes.put((byte) ' ');
        }
        return bytes.flip();
    }
}
