package dev.pargo.gateway.pipeline;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The served models.
 *
 * @param pipelines One pipeline for each model.
 */
@ConfigurationProperties("pargo")
record PipelinesProperties(List<Definition> pipelines) {

    PipelinesProperties {
        if (pipelines == null || pipelines.isEmpty()) {
            throw new IllegalArgumentException("pargo.pipelines must name at least one pipeline");
        }
        pipelines = List.copyOf(pipelines);
        Set<String> names = new HashSet<>();
        for (Definition pipeline : pipelines) {
            if (pipelines.size() > 1 && (pipeline.name() == null || !names.add(pipeline.name()))) {
                throw new IllegalArgumentException(
                        "pargo.pipelines[].name: several pipelines must have names, each its own");
            }
        }
    }

    /**
     * One pipeline.
     *
     * @param name              Name of the model in requests. If a single pipeline has none, it takes the name of the
     *                          LLM's bundle.
     * @param encoder           Addresses of the vision encoder's replicas: {@code dns:///encoder-service:9091}, a name
     *                          for all of them, or {@code static://a:9091,b:9091}.
     * @param projector         Addresses of the projector's replicas.
     * @param llm               Addresses of the LLM's replicas.
     * @param adapter           LoRA adapter of the LLM that answers; default: the model itself.
     * @param requireSameBundle Whether the stages that answer a request must serve one revision of one bundle.
     * @param promptTemplate    One turn with its image, in place of the one that the LLM's model was trained with: with
     *                          {@code <ImageHere>} and then {@code {question}}.
     * @param defaults          Decoding parameters for requests that do not set them.
     */
    record Definition(
            @Nullable String name,
            String encoder,
            String projector,
            String llm,
            @Nullable String adapter,
            @DefaultValue("true") boolean requireSameBundle,
            @Nullable String promptTemplate,
            @DefaultValue DecodingDefaults defaults) {

        private static final Pattern QUESTION = Pattern.compile("\\{question}|\\{}");

        Definition {
            name = name == null || name.isBlank() ? null : name;
            if (promptTemplate != null && !QUESTION.matcher(promptTemplate).find()) {
                throw new IllegalArgumentException("pargo.pipelines[].prompt-template must have {question}");
            }
        }
    }
}
