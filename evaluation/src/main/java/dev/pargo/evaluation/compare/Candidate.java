package dev.pargo.evaluation.compare;

import dev.pargo.evaluation.client.ModelCard;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A model that is compared.
 *
 * @param note a caution for readers; null if there is none
 */
record Candidate(ModelCard card, @Nullable String note) {

    private static final List<String> STAGES = List.of("encoder", "projector", "llm");

    String name() {
        return card.id();
    }

    /** Its networks and their precision, as far as the endpoint reports them. */
    String madeOf() {
        String parts = STAGES.stream()
                .map(stage -> card.parts().path(stage))
                .filter(JsonNode::isObject)
                .map(part -> "%s (%s%s)"
                        .formatted(
                                part.path("network").asString("?"),
                                part.path("precision").asString("?"),
                                isRandom(part) ? ", random weights" : ""))
                .collect(Collectors.joining(", "));
        if (note == null) {
            return parts;
        }
        return parts.isEmpty() ? note : parts + "; " + note;
    }

    /** The stages with random weights, as far as the endpoint reports them. */
    List<String> randomStages() {
        return STAGES.stream()
                .filter(stage -> isRandom(card.parts().path(stage)))
                .toList();
    }

    private static boolean isRandom(JsonNode part) {
        return part.path("random_weights").asBoolean(false);
    }
}
