package dev.pargo.evaluation.benchmark.exam;

import dev.pargo.evaluation.input.InputException;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The answers of a run, one per line, written as they arrive, so that an interrupted run can continue. Thread-safe.
 *
 * <p>The first line names the model and the questions, so that answers of different runs are never mixed.
 */
public final class Journal implements AutoCloseable {

    private static final JsonMapper JSON = new JsonMapper();

    private final BufferedWriter writer;
    private final Map<String, Entry> entries;

    /** The run that a journal belongs to. */
    record Head(String benchmark, String model) {}

    /** One answer. */
    record Entry(String id, String question, String answer) {}

    private Journal(BufferedWriter writer, Map<String, Entry> entries) {
        this.writer = writer;
        this.entries = entries;
    }

    /**
     * Opens a journal, or creates one.
     *
     * @throws InputException if it holds another model's or another benchmark's answers
     */
    public static Journal open(Path file, String benchmark, String model) throws IOException {
        Head head = new Head(benchmark, model);
        List<String> lines = Files.exists(file) ? complete(Files.readAllLines(file)) : List.of();
        if (!lines.isEmpty() && !JSON.readValue(lines.get(0), Head.class).equals(head)) {
            throw new InputException("%s holds answers of another run: %s; choose another --out"
                    .formatted(file.getParent(), lines.get(0)));
        }
        Map<String, Entry> entries = new LinkedHashMap<>();
        lines.stream()
                .skip(1)
                .map(line -> JSON.readValue(line, Entry.class))
                .forEach(entry -> entries.put(entry.id(), entry));
        // Rewritten, which removes an incomplete last line of an interrupted run.
        BufferedWriter writer = Files.newBufferedWriter(
                file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
        writer.write(JSON.writeValueAsString(head) + "\n");
        for (Entry entry : entries.values()) {
            writer.write(JSON.writeValueAsString(entry) + "\n");
        }
        writer.flush();
        return new Journal(writer, entries);
    }

    /** Whether this question, with the same text, has been answered. */
    public synchronized boolean has(ExamQuestion question) {
        Entry entry = entries.get(question.id());
        return entry != null && entry.question().equals(question.text());
    }

    /** Adds an answer. */
    public synchronized void add(ExamQuestion question, String answer) throws IOException {
        Entry entry = new Entry(question.id(), question.text(), answer);
        entries.put(entry.id(), entry);
        writer.write(JSON.writeValueAsString(entry) + "\n");
        writer.flush();
    }

    /** All answers by the ids of their questions. */
    public synchronized Map<String, String> answers() {
        Map<String, String> answers = new LinkedHashMap<>();
        entries.forEach((id, entry) -> answers.put(id, entry.answer()));
        return answers;
    }

    @Override
    public void close() throws IOException {
        writer.close();
    }

    private static List<String> complete(List<String> lines) {
        List<String> complete = new ArrayList<>(lines);
        try {
            if (!complete.isEmpty()) {
                JSON.readTree(complete.get(complete.size() - 1));
            }
        } catch (JacksonException cutOff) {
            complete.remove(complete.size() - 1);
        }
        return complete;
    }
}
