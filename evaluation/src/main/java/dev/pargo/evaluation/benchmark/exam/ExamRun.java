package dev.pargo.evaluation.benchmark.exam;

import dev.pargo.evaluation.client.ChatException;
import dev.pargo.evaluation.client.ChatRequest;
import dev.pargo.evaluation.client.PatientChat;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Asks several questions at once and writes the answers into a journal.
 *
 * @param parameters more fields of every request
 * @param parallel   questions in flight at once
 * @param progress   called after every answer
 */
public record ExamRun(
        PatientChat chat, String model, Map<String, JsonNode> parameters, int parallel, Runnable progress) {

    /**
     * Asks all questions that have no answer in the journal.
     *
     * @return a line for each refused question, which then has no answer
     * @throws IOException if the endpoint is no longer reachable; earlier answers are in the journal
     */
    public List<String> ask(List<ExamQuestion> questions, Journal journal) throws IOException, InterruptedException {
        ExecutorService threads = Executors.newFixedThreadPool(parallel);
        try {
            List<Future<@Nullable String>> outcomes = new ArrayList<>();
            for (ExamQuestion question : questions) {
                if (!journal.has(question)) {
                    outcomes.add(threads.submit(() -> ask(question, journal)));
                }
            }
            List<String> refusals = new ArrayList<>();
            for (Future<@Nullable String> outcome : outcomes) {
                @Nullable String refusal = result(outcome);
                if (refusal != null) {
                    refusals.add(refusal);
                }
            }
            return refusals;
        } finally {
            threads.shutdownNow();
        }
    }

    private @Nullable String ask(ExamQuestion question, Journal journal) throws IOException {
        try {
            @Nullable
            String picture =
                    question.picture() == null ? null : question.picture().dataUrl();
            journal.add(
                    question,
                    chat.complete(new ChatRequest(model, picture, question.text(), parameters))
                            .text());
            return null;
        } catch (ChatException refusal) {
            return "%s: %s".formatted(question.id(), refusal.getMessage());
        } finally {
            progress.run();
        }
    }

    private static <T> T result(Future<T> outcome) throws IOException, InterruptedException {
        try {
            return outcome.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        }
    }
}
