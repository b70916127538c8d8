package dev.pargo.evaluation.client;

import tools.jackson.databind.JsonNode;

/**
 * A model that an endpoint serves.
 *
 * @param parts its stages, as this project's gateway reports them; missing at other endpoints
 */
public record ModelCard(String id, JsonNode parts) {

    static ModelCard of(JsonNode model) {
        return new ModelCard(model.path("id").asString(), model.path("pargo"));
    }
}
