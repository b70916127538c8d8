package dev.pargo.models.projector;

import dev.pargo.models.fixture.FixtureCase;
import java.util.List;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/** Reads a projector's dimensions from the description of a fixture. */
final class ParGoFixture {

    private ParGoFixture() {}

    static ParGoConfig config(FixtureCase fixture) {
        JsonNode config = fixture.config();
        JsonNode bert = config.get("bert");
        int layers = bert.get("num_hidden_layers").asInt();
        return new ParGoConfig(
                config.get("num_query_token").asInt(),
                config.get("num_local_query_token").asInt(),
                config.get("image_tokens").asInt(),
                config.get("encoder_width").asInt(),
                bert.get("hidden_size").asInt(),
                layers,
                bert.get("num_attention_heads").asInt(),
                bert.get("intermediate_size").asInt(),
                config.get("cross_attention_freq").asInt(),
                bert.get("max_position_embeddings").asInt(),
                config.get("llm_hidden").asInt(),
                bert.get("layer_norm_eps").asDouble(),
                radii(config.path("cascade_radii"), layers),
                null);
    }

    private static List<Integer> radii(JsonNode radii, int layers) {
        return radii.isMissingNode()
                ? PartialGlobalMasks.released(layers)
                : StreamSupport.stream(radii.spliterator(), false)
                        .map(radius -> radius.isNumber() ? radius.asInt() : PartialGlobalMasks.UNLIMITED)
                        .toList();
    }
}
