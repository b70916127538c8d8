package dev.pargo.evaluation.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A streamed answer, read by the standard: events with one {@code data} line each, an empty line after every event,
 * {@code [DONE]} last.
 *
 * @param chunks all events before {@code [DONE]}
 */
record EventStream(List<JsonNode> chunks) {

    static EventStream parse(String body) {
        assertThat(body).endsWith("\n\n");
        List<JsonNode> chunks = new ArrayList<>();
        // A slow stream has comments between the events, to keep the connection alive.
        List<String> events = Stream.of(body.split("\n\n"))
                .filter(event -> !event.startsWith(":"))
                .toList();
        for (String event : events.subList(0, events.size() - 1)) {
            assertThat(event).startsWith("data: {").doesNotContain("\n");
            chunks.add(JsonMapper.shared().readTree(event.substring("data: ".length())));
        }
        assertThat(events.get(events.size() - 1)).isEqualTo("data: [DONE]");
        return new EventStream(chunks);
    }

    String answer() {
        return chunks.stream()
                .map(chunk -> chunk.at("/choices/0/delta/content").asString(""))
                .collect(Collectors.joining());
    }

    JsonNode first() {
        return chunks.get(0);
    }

    JsonNode last() {
        return chunks.get(chunks.size() - 1);
    }
}
