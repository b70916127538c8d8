package dev.pargo.models.weights;

import dev.pargo.models.tensor.DType;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes the pickle (protocol 2) of a tensor, or of a state dict: tensors by name, each with its own storage. */
final class Pickler {

    private static final Map<DType, String> STORAGES =
            Unpickler.STORAGES.entrySet().stream().collect(Collectors.toMap(Map.Entry::getValue, Map.Entry::getKey));

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    /** The storage of the n-th tensor has the key n. */
    static byte[] stateDict(List<WrittenTensor> tensors) {
        Pickler pickler = new Pickler();
        pickler.op(Unpickler.PROTO, 2).op('}', '(');
        for (int i = 0; i < tensors.size(); i++) {
            pickler.text(tensors.get(i).name()).tensor(tensors.get(i), String.valueOf(i));
        }
        return pickler.op('u', '.').out.toByteArray();
    }

    /** One tensor, whose storage has the key 0. */
    static byte[] tensor(DType dtype, long... shape) {
        Pickler pickler = new Pickler();
        pickler.op(Unpickler.PROTO, 2).tensor(new WrittenTensor("", dtype, shape), "0");
        return pickler.op('.').out.toByteArray();
    }

    /** {@code _rebuild_tensor_v2(storage, offset, shape, strides, requires_grad, hooks)}. */
    private void tensor(WrittenTensor tensor, String key) {
        global("torch._utils", "_rebuild_tensor_v2").op('(');
        op('(').text("storage").global("torch", STORAGES.get(tensor.dtype()));
        text(key).text("cpu").number(tensor.elements()).op('t', 'Q');
        number(0).numbers(tensor.shape()).numbers(StoredTensor.rowMajor(tensor.shape()));
        op(0x89).global("collections", "OrderedDict").op(')', 'R', 't', 'R');
    }

    private Pickler numbers(long... values) {
        op('(');
        for (long value : values) {
            number(value);
        }
        return op('t');
    }

    private Pickler number(long value) {
        boolean small = value == (int) value;
        ByteBuffer bytes =
                ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(0, value);
        if (small) {
            op('J');
        } else {
            op(0x8a, Long.BYTES);
        }
        out.write(bytes.array(), 0, small ? Integer.BYTES : Long.BYTES);
        return this;
    }

    private Pickler text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        op('X');
        out.writeBytes(ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(bytes.length)
                .array());
        out.writeBytes(bytes);
        return this;
    }

    private Pickler global(String module, String name) {
        op('c');
        out.writeBytes((module + "\n" + name + "\n").getBytes(StandardCharsets.US_ASCII));
        return this;
    }

    private Pickler op(int... bytes) {
        for (int b : bytes) {
            out.write(b);
        }
        return this;
    }
}
