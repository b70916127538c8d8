package dev.pargo.evaluation.benchmark.exam;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {

    private static final ExamQuestion FIRST = new ExamQuestion("1", null, "Why?");
    private static final ExamQuestion SECOND = new ExamQuestion("2", null, "How?");

    @TempDir
    private Path directory;

    @Test
    void remembersAnswers() throws IOException {
        try (Journal journal = open()) {
            journal.add(FIRST, "because\n\"of\" that");
        }
        try (Journal journal = open()) {
            assertThat(journal.has(FIRST)).isTrue();
            assertThat(journal.has(SECOND)).isFalse();
            assertThat(journal.answers()).containsOnlyKeys("1").containsValue("because\n\"of\" that");
        }
    }

    @Test
    void forgetsALineThatWasCutOff() throws IOException {
        try (Journal journal = open()) {
            journal.add(FIRST, "because");
            journal.add(SECOND, "so");
        }
        String content = Files.readString(directory.resolve("answers.jsonl"));
        Files.writeString(directory.resolve("answers.jsonl"), content.substring(0, content.length() - 5));

        try (Journal journal = open()) {
            assertThat(journal.has(FIRST)).isTrue();
            assertThat(journal.has(SECOND)).isFalse();
            journal.add(SECOND, "so");
        }
        try (Journal journal = open()) {
            assertThat(journal.answers()).hasSize(2);
        }
    }

    @Test
    void asksAgainWhatHasBeenWordedAnew() throws IOException {
        try (Journal journal = open()) {
            journal.add(FIRST, "because");

            assertThat(journal.has(new ExamQuestion("1", null, "Why not?"))).isFalse();
        }
    }

    private Journal open() throws IOException {
        return Journal.open(directory.resolve("answers.jsonl"), "mme", "model");
    }
}
