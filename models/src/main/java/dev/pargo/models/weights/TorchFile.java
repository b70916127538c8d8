package dev.pargo.models.weights;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Reader of {@code torch.save} archives: a stored zip with one pickle, {@code NAME/data.pkl}, and raw little-endian
 * storages, {@code NAME/data/KEY}.
 */
final class TorchFile {

    private static final int MAX_PICKLE_BYTES = 16 << 20;
    /** Keys under which training programs keep a model, the likeliest first. */
    private static final List<String> WRAPPERS = List.of("state_dict", "model", "module");

    private static final Pattern PICKLE = Pattern.compile("[^/]+/data\\.pkl");

    private final WeightFile file;
    private final ZipDirectory zip;
    private final String root;

    private TorchFile(WeightFile file, ZipDirectory zip, String root) {
        this.file = file;
        this.zip = zip;
        this.root = root;
    }

    /** The saved tensors: those of the dictionary, and those of nested dictionaries that may contain a model. */
    record Content(Map<String, StoredTensor> tensors, Map<String, Map<String, StoredTensor>> nested) {

        /** The tensors of a model, with or without training state around them. */
        Map<String, StoredTensor> stateDict() {
            return nested.values().stream().findFirst().orElse(tensors);
        }
    }

    static Content read(WeightFile file) {
        ZipDirectory zip = ZipDirectory.read(file);
        List<String> pickles =
                zip.names().stream().filter(PICKLE.asMatchPredicate()).toList();
        if (pickles.size() != 1) {
            throw file.problem(
                    "is a zip archive but not one of torch.save: it has %d data.pkl".formatted(pickles.size()));
        }
        String root = pickles.get(0).substring(0, pickles.get(0).indexOf('/') + 1);
        return new TorchFile(file, zip, root).read(pickles.get(0));
    }

    private Content read(String pickle) {
        requireLittleEndian();
        ZipDirectory.Range range = zip.range(pickle);
        if (range.size() > MAX_PICKLE_BYTES) {
            throw file.problem("pickle of %d bytes; at most %d are allowed".formatted(range.size(), MAX_PICKLE_BYTES));
        }
        Object saved = Unpickler.read(file.path(), file.read(range.offset(), (int) range.size()));
        if (!(saved instanceof Map<?, ?> dictionary)) {
            throw file.problem("does not hold a dictionary of tensors");
        }
        Map<String, Map<String, StoredTensor>> nested = new LinkedHashMap<>();
        for (String wrapper : WRAPPERS) {
            if (dictionary.get(wrapper) instanceof Map<?, ?> inner) {
                nested.put(wrapper, tensors(inner));
            }
        }
        return new Content(tensors(dictionary), nested);
    }

    private void requireLittleEndian() {
        String record = root + "byteorder";
        if (zip.contains(record)) {
            ZipDirectory.Range range = zip.range(record);
            int length = (int) Math.min(range.size(), 16);
            String order = StandardCharsets.US_ASCII
                    .decode(file.read(range.offset(), length))
                    .toString();
            if (!order.equals("little")) {
                throw file.problem("byte order '%s'; only little is supported".formatted(order));
            }
        }
    }

    private Map<String, StoredTensor> tensors(Map<?, ?> dictionary) {
        Map<String, StoredTensor> tensors = new LinkedHashMap<>();
        dictionary.forEach((key, value) -> {
            if (key instanceof String name && value instanceof Unpickler.Tensor tensor) {
                tensors.put(name, locate(name, tensor));
            }
        });
        return tensors;
    }

    private StoredTensor locate(String name, Unpickler.Tensor tensor) {
        Unpickler.Storage storage = tensor.storage();
        ZipDirectory.Range range = zip.range(root + "data/" + storage.key());
        int width = storage.dtype().bytes();
        if (storage.elements() < 0 || storage.elements() > range.size() / width) {
            throw file.problem("tensor %s: a storage of %d %s in a record of %d bytes"
                    .formatted(name, storage.elements(), storage.dtype(), range.size()));
        }
        if (!fits(tensor)) {
            throw file.problem("tensor %s does not lie within its storage".formatted(name));
        }
        long offset = range.offset() + tensor.offset() * width;
        return new StoredTensor(name, storage.dtype(), tensor.shape(), tensor.strides(), file.path(), offset);
    }

    private static boolean fits(Unpickler.Tensor tensor) {
        long[] shape = tensor.shape();
        long[] strides = tensor.strides();
        if (shape.length != strides.length || tensor.offset() < 0) {
            return false;
        }
        for (int axis = 0; axis < shape.length; axis++) {
            if (shape[axis] < 0 || strides[axis] < 0) {
                return false;
            }
        }
        long room = tensor.storage().elements() - tensor.offset();
        try {
            // With a stride of 0 a huge tensor needs only a few bytes, so the elements are counted too.
            return StoredTensor.extent(shape, strides) <= room && StoredTensor.elements(shape) <= room;
        } catch (ArithmeticException overflow) {
            return false;
        }
    }
}
