package dev.pargo.evaluation.client;

import tools.jackson.databind.JsonNode;

/**
 * A model that an endpoint serves.
 *
 * @param parts what it is made of, as this project's gateway tells; missing elsewhere
 */
public record ModelCard(String id, JsonNode parts) {

    static ModelCard of(JsonNode model) {
        return new ModelCard(model.path("id").asString(), model.path("pargo"));
    }
}
