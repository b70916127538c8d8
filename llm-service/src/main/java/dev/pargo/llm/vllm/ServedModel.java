package dev.pargo.llm.vllm;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What the server says about its model.
 *
 * @param id      the name that requests give
 * @param context most tokens of prompt and answer together
 */
record ServedModel(String id, int context) {

    /**
     * Reads the answer of {@code /v1/models}.
     *
     * @param wanted name of the model; null for the first one
     * @throws VllmException if it is not there
     */
    static ServedModel of(JsonNode models, @Nullable String wanted) throws VllmException {
        for (JsonNode model : models.path("data")) {
            String id = model.path("id").asString("");
            int context = model.path("max_model_len").asInt(0);
            if (context > 0 && (wanted == null ? model.path("parent").isNull() : id.equals(wanted))) {
                return new ServedModel(id, context);
            }
        }
        throw new VllmException(wanted == null ? "it lists no model" : "it does not serve '%s'".formatted(wanted));
    }
}
