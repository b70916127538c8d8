package dev.pargo.evaluation.bench;

import dev.pargo.evaluation.client.ChatRequest;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import tools.jackson.databind.JsonNode;

/**
 * The requests of a load test.
 *
 * @param images       pictures as data URLs, asked about in turn; empty for none
 * @param pictureShare share of the requests that have a picture, evenly spread
 * @param text         text of the request with a given number
 * @param parameters   more fields of every request
 */
record Workload(List<String> images, double pictureShare, IntFunction<String> text, Map<String, JsonNode> parameters) {

    /** The request with this number, from 0. */
    ChatRequest question(String model, int number) {
        int picture = (int) (number * pictureShare);
        boolean seeing = !images.isEmpty() && (int) ((number + 1) * pictureShare) > picture;
        return new ChatRequest(
                model, seeing ? images.get(picture % images.size()) : null, text.apply(number), parameters);
    }
}
