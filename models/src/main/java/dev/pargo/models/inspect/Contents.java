package dev.pargo.models.inspect;

import dev.pargo.models.tensor.DType;
import dev.pargo.models.weights.Checkpoint;
import dev.pargo.models.weights.StoredTensor;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A summary of a set of tensors.
 *
 * @param tensors    number of tensors
 * @param parameters number of elements of all tensors
 * @param bytes      size of all elements in bytes
 * @param dtypes     element types
 * @param groups     the tensors, grouped by name, shape and type
 */
public record Contents(int tensors, long parameters, long bytes, Set<DType> dtypes, List<TensorGroup> groups) {

    static Contents of(Checkpoint checkpoint) {
        Collection<StoredTensor> tensors = checkpoint.tensors().values();
        return new Contents(
                tensors.size(),
                tensors.stream().mapToLong(StoredTensor::elements).sum(),
                tensors.stream().mapToLong(StoredTensor::bytes).sum(),
                tensors.stream().map(StoredTensor::dtype).collect(Collectors.toCollection(TreeSet::new)),
                TensorGroup.of(checkpoint));
    }

    static Contents none() {
        return new Contents(0, 0, 0, Set.of(), List.of());
    }
}
