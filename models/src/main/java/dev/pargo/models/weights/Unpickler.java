package dev.pargo.models.weights;

import dev.pargo.models.tensor.DType;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the pickle of a {@code torch.save} archive. It can build only plain containers, strings, numbers and
 * descriptions of tensors. A pickle is a program: every class and operation that a state dict does not need is refused
 * by name.
 *
 * <p>Dictionaries become maps, lists and tuples lists, whole numbers {@link Long}s. It does not recurse, and numbers in
 * the pickle do not determine allocations, so a hostile pickle costs at most {@link #MAX_VALUES} small objects.
 */
final class Unpickler {

    /** A typed run of elements in a record of the archive. */
    record Storage(DType dtype, String key, long elements) {}

    /** A view of a storage; offset and strides in elements. */
    record Tensor(Storage storage, long offset, long[] shape, long[] strides) {}

    private record StorageType(DType dtype) {}

    private enum Function {
        ORDERED_DICT,
        REBUILD_TENSOR,
        REBUILD_PARAMETER
    }

    private enum Atom {
        MARK,
        NONE
    }

    static final byte PROTO = (byte) 0x80;

    private static final int PROTOCOL = 2;

    /** About 40,000 tensors. */
    private static final int MAX_VALUES = 1 << 20;

    private static final int MAX_RANK = 64;

    /** torch's classes of storages. */
    static final Map<String, DType> STORAGES = Map.of(
            "DoubleStorage", DType.FLOAT64,
            "FloatStorage", DType.FLOAT32,
            "HalfStorage", DType.FLOAT16,
            "BFloat16Storage", DType.BFLOAT16,
            "LongStorage", DType.INT64,
            "IntStorage", DType.INT32,
            "ShortStorage", DType.INT16,
            "CharStorage", DType.INT8,
            "ByteStorage", DType.UINT8,
            "BoolStorage", DType.BOOL);

    private static final Map<String, Object> GLOBALS = globals();

    private final Path path;
    private final PickleInput in;
    private final List<Object> stack = new ArrayList<>();
    private final Map<Integer, Object> memo = new HashMap<>();
    private int values;

    private Unpickler(Path path, ByteBuffer pickle) {
        this.path = path;
        this.in = new PickleInput(pickle);
    }

    private static Map<String, Object> globals() {
        Map<String, Object> globals = new HashMap<>();
        globals.put("collections.OrderedDict", Function.ORDERED_DICT);
        globals.put("torch._utils._rebuild_tensor_v2", Function.REBUILD_TENSOR);
        globals.put("torch._utils._rebuild_parameter", Function.REBUILD_PARAMETER);
        globals.put("torch.storage.UntypedStorage", new StorageType(DType.UINT8));
        STORAGES.forEach((name, dtype) -> globals.put("torch." + name, new StorageType(dtype)));
        return Map.copyOf(globals);
    }

    /**
     * @param path   the archive, for messages
     * @param pickle protocol 2, little-endian
     * @throws CheckpointException if the pickle is malformed or contains more than plain data
     */
    static Object read(Path path, ByteBuffer pickle) {
        Unpickler unpickler = new Unpickler(path, pickle);
        try {
            return unpickler.run();
        } catch (PickleInput.MalformedException e) {
            throw unpickler.problem(e.getMessage());
        } catch (BufferUnderflowException e) {
            throw unpickler.problem("it ends early");
        } catch (ClassCastException | IndexOutOfBoundsException e) {
            throw unpickler.problem("wrong operand before byte " + unpickler.in.position());
        }
    }

    private Object run() {
        while (true) {
            int opcode = in.u8();
            switch (opcode) {
                case 0x80 -> requireProtocol(in.u8());
                case '(' -> push(Atom.MARK);
                case 'N' -> push(Atom.NONE);
                case 0x88 -> push(true);
                case 0x89 -> push(false);
                case 'K' -> push((long) in.u8());
                case 'M' -> push((long) in.u16());
                case 'J' -> push((long) in.i32());
                case 0x8a -> push(in.longInteger());
                case 'G' -> push(in.bigEndianDouble());
                case 'X' -> push(in.string());
                case ')', ']' -> push(new ArrayList<>(0));
                case '}' -> push(new LinkedHashMap<>(0));
                case 't' -> push(popToMark());
                case 0x85 -> push(popLast(1));
                case 0x86 -> push(popLast(2));
                case 0x87 -> push(popLast(3));
                case 'a' -> append(popLast(1));
                case 'e' -> append(popToMark());
                case 's' -> put(popLast(2));
                case 'u' -> put(popToMark());
                case 'q' -> remember(in.u8());
                case 'r' -> remember(in.i32());
                case 'h' -> push(recall(in.u8()));
                case 'j' -> push(recall(in.i32()));
                case 'c' -> push(global());
                case 'Q' -> push(storage((List<?>) pop()));
                case 'R' -> push(call((List<?>) pop(), pop()));
                case 'b' -> dropState(popLast(1).get(0));
                case '.' -> {
                    return pop();
                }
                default -> throw refused(opcode);
            }
        }
    }

    private void requireProtocol(int protocol) {
        if (protocol != PROTOCOL) {
            throw problem("protocol %d; torch.save writes %d".formatted(protocol, PROTOCOL));
        }
    }

    private Object global() {
        String name = in.line() + "." + in.line();
        Object global = GLOBALS.get(name);
        if (global == null) {
            throw problem("it asks for " + name);
        }
        return global;
    }

    private Object call(List<?> arguments, Object callable) {
        return switch ((Function) callable) {
            case ORDERED_DICT -> orderedDict(arguments);
            case REBUILD_TENSOR -> tensor(arguments);
            case REBUILD_PARAMETER -> (Tensor) arguments.get(0);
        };
    }

    private Map<Object, Object> orderedDict(List<?> arguments) {
        if (!arguments.isEmpty()) {
            throw problem("an OrderedDict with arguments");
        }
        return new LinkedHashMap<>();
    }

    /** {@code (storage, offset, shape, strides, requires_grad, hooks[, flags])}. */
    private Tensor tensor(List<?> arguments) {
        // A flag such as a pending negation would change the values.
        if (arguments.size() > 6 && arguments.get(6) instanceof Map<?, ?> flags && !flags.isEmpty()) {
            throw problem("a tensor with flags");
        }
        Storage storage = (Storage) arguments.get(0);
        long[] shape = numbers((List<?>) arguments.get(2));
        long[] strides = numbers((List<?>) arguments.get(3));
        return new Tensor(storage, (Long) arguments.get(1), shape, strides);
    }

    private long[] numbers(List<?> list) {
        // A pickle may use one long list many times, and each use would copy it.
        if (list.size() > MAX_RANK) {
            throw problem("a tensor of %d dimensions".formatted(list.size()));
        }
        return list.stream().mapToLong(Long.class::cast).toArray();
    }

    /** {@code ('storage', type, key, device, elements)}. */
    private Storage storage(List<?> id) {
        if (!id.get(0).equals("storage")) {
            throw problem("a persistent object that is not a storage");
        }
        return new Storage(((StorageType) id.get(1)).dtype(), (String) id.get(2), (Long) id.get(4));
    }

    /** Attributes of an {@code OrderedDict}, such as a module's version numbers, mean nothing here. */
    private void dropState(Object state) {
        if (!(state instanceof Map) || !(stack.get(stack.size() - 1) instanceof Map)) {
            throw problem("BUILD of something other than a dictionary");
        }
    }

    @SuppressWarnings("unchecked")
    private void append(List<?> items) {
        ((List<Object>) stack.get(stack.size() - 1)).addAll(items);
    }

    @SuppressWarnings("unchecked")
    private void put(List<?> items) {
        Map<Object, Object> map = (Map<Object, Object>) stack.get(stack.size() - 1);
        for (int i = 0; i < items.size(); i += 2) {
            Object key = items.get(i);
            // Hashing a container could run forever, because it may contain itself.
            if (!(key instanceof String || key instanceof Long)) {
                throw problem("a dictionary key that is neither text nor a number");
            }
            map.put(key, items.get(i + 1));
        }
    }

    private void push(Object value) {
        if (++values > MAX_VALUES) {
            throw problem("more than %d values".formatted(MAX_VALUES));
        }
        stack.add(value);
    }

    private Object pop() {
        return stack.remove(stack.size() - 1);
    }

    private List<Object> popLast(int count) {
        return cut(stack.size() - count);
    }

    private List<Object> popToMark() {
        int mark = stack.lastIndexOf(Atom.MARK);
        List<Object> items = cut(mark + 1);
        stack.remove(mark);
        return items;
    }

    private List<Object> cut(int from) {
        List<Object> tail = stack.subList(from, stack.size());
        List<Object> items = new ArrayList<>(tail);
        tail.clear();
        return items;
    }

    private void remember(int index) {
        if (index < 0 || index > MAX_VALUES) {
            throw problem("memo index " + Integer.toUnsignedString(index));
        }
        memo.put(index, stack.get(stack.size() - 1));
    }

    private Object recall(int index) {
        Object value = memo.get(index);
        if (value == null) {
            throw problem("memo index %s was never set".formatted(Integer.toUnsignedString(index)));
        }
        return value;
    }

    private CheckpointException refused(int opcode) {
        return switch (opcode) {
            case 'i' -> problem("opcode INST for " + in.line() + "." + in.line());
            case 'o' -> problem("opcode OBJ");
            case 0x81 -> problem("opcode NEWOBJ");
            case 0x92 -> problem("opcode NEWOBJ_EX");
            case 0x93 -> {
                String name = (String) pop();
                yield problem("opcode STACK_GLOBAL for " + (String) pop() + "." + name);
            }
            default -> problem("opcode 0x%02x".formatted(opcode));
        };
    }

    private CheckpointException problem(String problem) {
        return new CheckpointException(path, "its pickle is refused: " + problem);
    }
}
