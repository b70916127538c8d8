package dev.pargo.models.inspect;

import dev.pargo.models.network.NetworkConfig;
import dev.pargo.models.weights.Checkpoint;
import dev.pargo.models.weights.CheckpointException;
import dev.pargo.models.weights.LoraAdapter;
import dev.pargo.models.weights.ParameterCheck;
import dev.pargo.models.weights.ParameterSpec;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A network in a checkpoint.
 *
 * @param part       its role in the pipeline: {@code encoder}, {@code projector}, {@code llm} or {@code adapter}
 * @param source     where its tensors are
 * @param network    its architecture, or {@code unknown}
 * @param dimensions dimensions in words
 * @param config     the network's configuration; null if only its tensors are known
 * @param contents   the tensors that it uses
 * @param random     whether the files say that the weights are random
 * @param unused     number of other tensors, which it does not use
 * @param fit        tensors that are missing, unexpected or of another shape; null if that cannot be determined
 * @param problem    any other problem; null if there is none
 */
public record NetworkReport(
        String part,
        String source,
        String network,
        String dimensions,
        @Nullable NetworkConfig config,
        Contents contents,
        boolean random,
        int unused,
        @Nullable ParameterCheck fit,
        @Nullable String problem) {

    /** A network with a configuration. */
    static NetworkReport of(String part, String source, NetworkConfig config, Checkpoint checkpoint) {
        return of(part, source, config.network(), Dimensions.describe(config), config, checkpoint)
                .withConfig(config);
    }

    /** @param config determines the expected tensors; its other dimensions may be placeholders */
    static NetworkReport of(
            String part,
            String source,
            String network,
            String dimensions,
            NetworkConfig config,
            Checkpoint checkpoint) {
        Set<String> names =
                config.parameters().stream().map(ParameterSpec::name).collect(Collectors.toSet());
        ParameterCheck fit = checkpoint.compare(config.parameters(), config::ignores);
        Contents contents = Contents.of(checkpoint.filter(names::contains));
        int unused = checkpoint.tensors().size()
                - contents.tensors()
                - fit.unexpected().size();
        return new NetworkReport(part, source, network, dimensions, null, contents, false, unused, fit, null);
    }

    /** A network whose completeness cannot be checked. */
    static NetworkReport of(String part, String source, String network, String dimensions, Checkpoint tensors) {
        return new NetworkReport(part, source, network, dimensions, null, Contents.of(tensors), false, 0, null, null);
    }

    /** @param tensors an adapter's matrices */
    static NetworkReport ofAdapter(String source, Checkpoint tensors) {
        List<String> modules = tensors.tensors().keySet().stream()
                .filter(name -> name.contains(".lora_A."))
                .map(name -> name.substring(0, name.indexOf(".lora_A.")))
                .toList();
        Set<Long> ranks = tensors.filter(name -> name.contains(".lora_A.")).tensors().values().stream()
                .filter(tensor -> tensor.shape().length == 2)
                .map(tensor -> tensor.shape()[0])
                .collect(Collectors.toCollection(TreeSet::new));
        String dimensions = "%d updates of rank %s: %s"
                .formatted(
                        modules.size(),
                        ranks.stream().map(String::valueOf).collect(Collectors.joining(", ")),
                        String.join(", ", NumberedNames.collapse(modules)));
        return new NetworkReport(
                "adapter",
                source,
                "lora",
                dimensions,
                null,
                Contents.of(tensors),
                false,
                0,
                null,
                problem(() -> LoraAdapter.of(tensors, 1)));
    }

    /** A network about which nothing is known, with the reason. */
    static NetworkReport unknown(String part, String source, String problem) {
        return new NetworkReport(part, source, "unknown", "", null, Contents.none(), false, 0, null, problem);
    }

    private NetworkReport withConfig(NetworkConfig other) {
        return new NetworkReport(part, source, network, dimensions, other, contents, random, unused, fit, problem);
    }

    NetworkReport withRandomWeights(boolean other) {
        return new NetworkReport(part, source, network, dimensions, config, contents, other, unused, fit, problem);
    }

    NetworkReport withProblem(@Nullable String other) {
        return new NetworkReport(part, source, network, dimensions, config, contents, random, unused, fit, other);
    }

    static @Nullable String problem(Runnable check) {
        try {
            check.run();
            return null;
        } catch (CheckpointException e) {
            return e.getMessage();
        }
    }

    public boolean isComplete() {
        return problem == null && (fit == null || fit.isExact());
    }
}
