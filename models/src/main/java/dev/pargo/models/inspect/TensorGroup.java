package dev.pargo.models.inspect;

import dev.pargo.models.tensor.DType;
import dev.pargo.models.weights.Checkpoint;
import dev.pargo.models.weights.StoredTensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/**
 * Tensors of equal shape and type whose names differ only in layer numbers.
 *
 * @param name       all their names joined into one, e.g. {@code blocks.{0-23}.norm1.weight}
 * @param count      number of tensors
 * @param shape      shape of each tensor
 * @param parameters number of elements of all tensors
 * @param bytes      size of all tensors in bytes
 */
public record TensorGroup(String name, int count, List<Long> shape, DType dtype, long parameters, long bytes) {

    private record Kind(String pattern, List<Long> shape, DType dtype) {}

    /** Groups a checkpoint's tensors, in the order of the first of each. */
    static List<TensorGroup> of(Checkpoint checkpoint) {
        Map<Kind, List<StoredTensor>> groups = new LinkedHashMap<>();
        for (StoredTensor tensor : checkpoint.tensors().values()) {
            List<Long> shape = LongStream.of(tensor.shape()).boxed().toList();
            Kind kind = new Kind(NumberedNames.pattern(tensor.name()), shape, tensor.dtype());
            groups.computeIfAbsent(kind, first -> new ArrayList<>()).add(tensor);
        }
        return groups.values().stream().map(TensorGroup::of).toList();
    }

    private static TensorGroup of(List<StoredTensor> tensors) {
        StoredTensor any = tensors.get(0);
        return new TensorGroup(
                NumberedNames.join(tensors.stream().map(StoredTensor::name).toList()),
                tensors.size(),
                LongStream.of(any.shape()).boxed().toList(),
                any.dtype(),
                any.elements() * tensors.size(),
                any.bytes() * tensors.size());
    }
}
