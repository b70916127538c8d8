package dev.pargo.gateway.pipeline;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The models on offer and how their stages are watched.
 *
 * @param pipelines       One pipeline a model.
 * @param describeEvery   Time between two looks at a stage that is there; one that is away is looked for every second.
 * @param describeTimeout Time a stage has to describe itself.
 */
@ConfigurationProperties("pargo")
record PipelinesProperties(
        List<Definition> pipelines,
        @DefaultValue("5s") Duration describeEvery,
        @DefaultValue("2s") Duration describeTimeout) {

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
     * @param name              Name of the model in requests; a single pipeline takes that of the LLM's bundle if empty.
     * @param encoder           gRPC target of the vision encoder, such as {@code dns:///encoder-service:9091} or
     *                          {@code static://a:9091,b:9091}.
     * @param projector         gRPC target of the projector.
     * @param llm               gRPC target of the LLM.
     * @param requireSameBundle Whether the three stages must serve one revision of one bundle.
     * @param promptTemplate    One turn with its image, in place of the one that the LLM describes; its placeholders
     *                          and the rest of its prompt format stay.
     * @param defaults          How answers are written where a request does not say.
     */
    record Definition(
            @Nullable String name,
            String encoder,
            String projector,
            String llm,
            @DefaultValue("true") boolean requireSameBundle,
            @Nullable String promptTemplate,
            @DefaultValue DecodingDefaults defaults) {

        Definition {
            name = name == null || name.isBlank() ? null : name;
        }
    }
}
