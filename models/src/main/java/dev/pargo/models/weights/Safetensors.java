package dev.pargo.models.weights;

import dev.pargo.models.tensor.DType;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/**
 * Reader of <a href="https://github.com/huggingface/safetensors#format">safetensors</a>: the header's length in 8 bytes,
 * a JSON header, raw row-major data. As the format demands, the tensors must tile the data: no overlap, no gap.
 */
final class Safetensors {

    /** Bytes before the header. */
    static final int PREFIX = 8;

    /** Room for more than 100,000 tensors. */
    private static final int MAX_HEADER_BYTES = 16 << 20;

    static final Map<String, DType> DTYPES = Map.of(
            "F64", DType.FLOAT64,
            "F32", DType.FLOAT32,
            "F16", DType.FLOAT16,
            "BF16", DType.BFLOAT16,
            "I64", DType.INT64,
            "I32", DType.INT32,
            "I16", DType.INT16,
            "I8", DType.INT8,
            "U8", DType.UINT8,
            "BOOL", DType.BOOL);

    private final WeightFile file;
    private final long dataStart;

    private Safetensors(WeightFile file, long dataStart) {
        this.file = file;
        this.dataStart = dataStart;
    }

    static Map<String, StoredTensor> read(WeightFile file) {
        long length = file.read(0, PREFIX).getLong();
        if (length < 0 || length > file.size() - PREFIX || length > MAX_HEADER_BYTES) {
            throw file.problem("header of %s bytes; the file has %d and at most %d are allowed"
                    .formatted(Long.toUnsignedString(length), file.size(), MAX_HEADER_BYTES));
        }
        JsonNode header = Json.object(file.path(), "the header", file.read(PREFIX, (int) length));
        return new Safetensors(file, PREFIX + length).tensors(header);
    }

    private Map<String, StoredTensor> tensors(JsonNode header) {
        Map<String, StoredTensor> tensors = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : header.properties()) {
            if (!entry.getKey().equals("__metadata__")) {
                tensors.put(entry.getKey(), tensor(entry.getKey(), entry.getValue()));
            }
        }
        requireTiling(tensors.values().stream()
                .sorted(Comparator.comparingLong(StoredTensor::offset).thenComparingLong(StoredTensor::bytes))
                .toList());
        return tensors;
    }

    private StoredTensor tensor(String name, JsonNode entry) {
        String type = entry.path("dtype").asString("");
        DType dtype = DTYPES.get(type);
        if (dtype == null) {
            throw file.problem("tensor %s: unsupported dtype '%s'%s"
                    .formatted(name, type, type.startsWith("F8_") ? "; fp8 weights are not read" : ""));
        }
        long[] shape = numbers(name, "shape", entry.path("shape"));
        long[] range = numbers(name, "data_offsets", entry.path("data_offsets"));
        if (range.length != 2 || range[0] > range[1]) {
            throw file.problem("tensor %s: data_offsets is not a range".formatted(name));
        }
        long available = file.size() - dataStart;
        if (range[1] > available) {
            throw file.problem("is truncated: tensor %s ends at byte %d of the data, which has %d"
                    .formatted(name, range[1], available));
        }
        StoredTensor tensor = StoredTensor.contiguous(name, dtype, shape, file.path(), dataStart + range[0]);
        if (!holds(tensor, range[1] - range[0])) {
            throw file.problem("tensor %s: shape %s of %s does not fill %d bytes"
                    .formatted(name, Arrays.toString(shape), type, range[1] - range[0]));
        }
        return tensor;
    }

    private static boolean holds(StoredTensor tensor, long bytes) {
        try {
            return tensor.bytes() == bytes;
        } catch (ArithmeticException overflow) {
            return false;
        }
    }

    private long[] numbers(String name, String field, JsonNode array) {
        boolean valid = array.isArray()
                && StreamSupport.stream(array.spliterator(), false)
                        .allMatch(n -> n.isIntegralNumber() && n.canConvertToLong() && n.asLong() >= 0);
        if (!valid) {
            throw file.problem("tensor %s: %s is not a list of whole numbers".formatted(name, field));
        }
        return StreamSupport.stream(array.spliterator(), false)
                .mapToLong(JsonNode::asLong)
                .toArray();
    }

    private void requireTiling(List<StoredTensor> sorted) {
        long end = dataStart;
        for (StoredTensor tensor : sorted) {
            if (tensor.offset() != end) {
                throw file.problem("tensor %s: data_offsets %s"
                        .formatted(
                                tensor.name(),
                                tensor.offset() < end ? "overlap another tensor" : "leave a gap before it"));
            }
            end += tensor.bytes();
        }
        if (end != file.size()) {
            throw file.problem("%d bytes after the last tensor".formatted(file.size() - end));
        }
    }
}
