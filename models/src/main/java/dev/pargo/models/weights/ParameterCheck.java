package dev.pargo.models.weights;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * How a checkpoint's tensors fit a network. If they fit, all lists are empty.
 *
 * @param missing    names of parameters that the checkpoint lacks
 * @param unexpected names of tensors that the network does not have
 * @param misshaped  tensors whose shape differs from the expected one, each with both shapes
 */
public record ParameterCheck(List<String> missing, List<String> unexpected, List<String> misshaped) {

    private static final int LISTED = 20;

    static ParameterCheck of(Checkpoint checkpoint, List<ParameterSpec> parameters, Predicate<String> ignored) {
        List<String> missing = new ArrayList<>();
        List<String> misshaped = new ArrayList<>();
        Set<String> unexpected = new LinkedHashSet<>(checkpoint.tensors().keySet());
        for (ParameterSpec parameter : parameters) {
            StoredTensor tensor = checkpoint.tensors().get(parameter.name());
            unexpected.remove(parameter.name());
            if (tensor == null) {
                missing.add(parameter.name());
            } else if (!Arrays.equals(tensor.shape(), parameter.shape())) {
                misshaped.add("%s is %s, not %s"
                        .formatted(
                                parameter.name(), Arrays.toString(tensor.shape()), Arrays.toString(parameter.shape())));
            }
        }
        unexpected.removeIf(ignored);
        return new ParameterCheck(missing, List.copyOf(unexpected), misshaped);
    }

    public boolean isExact() {
        return missing.isEmpty() && unexpected.isEmpty() && misshaped.isEmpty();
    }

    /** The differences in one line. */
    String problems() {
        List<String> problems = new ArrayList<>();
        list(problems, "missing", missing);
        list(problems, "unexpected", unexpected);
        list(problems, "of another shape", misshaped);
        return String.join("; ", problems);
    }

    private static void list(List<String> problems, String what, List<String> names) {
        if (!names.isEmpty()) {
            String more = names.size() > LISTED ? " and %d more".formatted(names.size() - LISTED) : "";
            problems.add("%d %s: %s%s"
                    .formatted(
                            names.size(),
                            what,
                            String.join(", ", names.subList(0, Math.min(LISTED, names.size()))),
                            more));
        }
    }
}
