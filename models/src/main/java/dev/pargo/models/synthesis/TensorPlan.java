package dev.pargo.models.synthesis;

import dev.pargo.models.bundle.BundlePart;
import dev.pargo.models.tensor.DType;
import dev.pargo.models.weights.ParameterSpec;
import dev.pargo.models.weights.WrittenTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Lists the tensors of a preset's parts. Those of networks follow from their dimensions. */
record TensorPlan(PlannedNetworks networks) {

    List<WrittenTensor> tensors(Preset.Weights weights) {
        return weights.parts().stream()
                .flatMap(part -> tensors(part, part.dtype() == null ? weights.dtype() : part.dtype()))
                .toList();
    }

    private Stream<WrittenTensor> tensors(Preset.Part part, DType dtype) {
        String prefix = part.prefix() == null ? "" : part.prefix();
        Stream<ParameterSpec> parameters;
        if (part.network() != null) {
            parameters = parameters(part.network()).stream();
        } else if (part.lora() != null) {
            parameters = adapter(part.lora());
        } else {
            return unused(part, prefix, dtype);
        }
        return parameters.map(
                parameter -> new WrittenTensor(name(parameter.name(), prefix, part), dtype, parameter.shape()));
    }

    private static String name(String name, String prefix, Preset.Part part) {
        String replaced = part.replaces() == null ? "" : part.replaces();
        return name.startsWith(replaced) ? prefix + name.substring(replaced.length()) : name;
    }

    private List<ParameterSpec> parameters(BundlePart network) {
        return switch (network) {
            case VISION -> networks.vision().parameters();
            case PROJECTOR -> networks.projector().parameters();
            case LLM -> networks.llm().parameters();
        };
    }

    private Stream<ParameterSpec> adapter(Preset.Lora lora) {
        List<ParameterSpec> matrices = new ArrayList<>();
        for (ParameterSpec parameter : parameters(BundlePart.LLM)) {
            if (parameter.name().endsWith(lora.target() + ".weight")) {
                String module = parameter.name().substring(0, parameter.name().lastIndexOf('.'));
                long out = parameter.shape()[0];
                long in = parameter.shape()[1];
                matrices.add(new ParameterSpec(module + ".lora_A.default.weight", lora.rank(), in));
                matrices.add(new ParameterSpec(module + ".lora_B.default.weight", out, lora.rank()));
            }
        }
        return matrices.stream();
    }

    private static Stream<WrittenTensor> unused(Preset.Part part, String prefix, DType dtype) {
        int repeat = part.repeat() == null ? 1 : part.repeat();
        return IntStream.range(0, repeat)
                .mapToObj(i -> prefix.replace("*", String.valueOf(i)))
                .flatMap(start -> part.tensors().entrySet().stream()
                        .map(tensor -> new WrittenTensor(start + tensor.getKey(), dtype, tensor.getValue())));
    }
}
