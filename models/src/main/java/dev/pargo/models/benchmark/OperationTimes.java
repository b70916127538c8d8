package dev.pargo.models.benchmark;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * How long the operations of a profiled call took.
 *
 * @param millis by kind
 * @param count  operations that no other operation called
 */
record OperationTimes(Map<OperationKind, Double> millis, int count) {

    /** Torch's operation names may contain characters that JSON requires to be escaped. */
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_UNESCAPED_CONTROL_CHARS)
            .build();

    /** A running operation. The operations that it calls count as its kind. */
    private record Running(double end, OperationKind kind) {}

    private record Event(String name, long thread, double begin, double duration) {

        static Event of(JsonNode event) {
            return new Event(
                    event.path("name").asString(),
                    event.path("tid").asLong(),
                    event.path("ts").asDouble(),
                    event.path("dur").asDouble());
        }
    }

    /** Reads a trace as torch's profiler writes it: complete events in microseconds. */
    static OperationTimes read(Path trace) {
        List<Event> events = StreamSupport.stream(JSON.readTree(trace).spliterator(), false)
                .filter(event -> event.path("ph").asString().equals("X"))
                .map(Event::of)
                .sorted(Comparator.comparingLong(Event::thread)
                        .thenComparingDouble(Event::begin)
                        .thenComparing(
                                Comparator.comparingDouble(Event::duration).reversed()))
                .toList();
        Map<OperationKind, Double> millis = new EnumMap<>(OperationKind.class);
        Deque<Running> running = new ArrayDeque<>();
        long thread = -1;
        int count = 0;
        for (Event event : events) {
            if (event.thread() != thread) {
                running.clear();
                thread = event.thread();
            }
            while (!running.isEmpty() && running.peek().end() <= event.begin()) {
                running.pop();
            }
            OperationKind outer =
                    running.isEmpty() ? OperationKind.OTHER : running.peek().kind();
            OperationKind kind = outer != OperationKind.OTHER
                    ? outer
                    : OperationKind.of(event.name()).orElse(OperationKind.OTHER);
            running.push(new Running(event.begin() + event.duration(), kind));
            if (outer == OperationKind.OTHER && kind != OperationKind.OTHER) {
                // Its caller has no kind, so the kind's time begins here.
                millis.merge(kind, event.duration() / 1e3, Double::sum);
                count++;
            }
        }
        return new OperationTimes(millis, count);
    }
}
