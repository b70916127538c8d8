package dev.pargo.models.inspect;

import dev.pargo.models.weights.Checkpoint;
import dev.pargo.models.weights.StoredTensor;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a network's dimensions from the shapes of its tensors. */
record ShapeReader(Checkpoint tensors) {

    boolean has(String name) {
        return tensors.tensors().containsKey(name);
    }

    /** @throws IllegalArgumentException if there is no such tensor or it has no such axis */
    int size(String name, int axis) {
        StoredTensor tensor = tensors.tensors().get(name);
        if (tensor == null) {
            throw new IllegalArgumentException("%s is missing".formatted(name));
        }
        if (axis >= tensor.shape().length || tensor.shape()[axis] < 1 || tensor.shape()[axis] > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("%s has no size on axis %d".formatted(name, axis));
        }
        return (int) tensor.shape()[axis];
    }

    /** Number of layers: 1 + the largest N among the names that begin with {@code prefix + N}. */
    int layers(String prefix) {
        Pattern number = Pattern.compile(Pattern.quote(prefix) + "(\\d{1,4})\\..*");
        return 1
                + tensors.tensors().keySet().stream()
                        .map(number::matcher)
                        .filter(Matcher::matches)
                        .mapToInt(match -> Integer.parseInt(match.group(1)))
                        .max()
                        .orElse(-1);
    }
}
