package dev.pargo.evaluation.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscribers;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Sends requests to a gateway and checks the answers. Thread-safe. */
final class Exchange {

    private static final int TOO_MANY = 429;
    private static final int UNAVAILABLE = 503;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI chat;
    private final AnswerBook book;

    Exchange(URI gateway, AnswerBook book) {
        this.chat = gateway.resolve("/v1/chat/completions");
        this.book = book;
    }

    /** Sends one request and waits until it has ended. */
    Attempt send(Ask ask) throws InterruptedException {
        Set<Revision> served = new HashSet<>(book.served());
        long begun = System.nanoTime();
        Verdict verdict = ask.streamed() ? stream(ask) : complete(ask);
        long ended = System.nanoTime();
        // A revision that became available during the request may have answered.
        served.addAll(book.served());
        return judge(ask, verdict, book.answers(ask.question(), served), begun, ended);
    }

    private static Attempt judge(Ask ask, Verdict verdict, List<String> accepted, long begun, long ended) {
        boolean right = switch (verdict.outcome()) {
            case RIGHT -> ask.isRight(verdict.text(), accepted);
            case BROKEN_OFF, CANCELLED -> ask.isBeginning(verdict.text(), accepted);
            default -> true;
        };
        String detail = right
                ? verdict.detail()
                : "%s answered '%s' instead of %s".formatted(ask.question(), verdict.text(), accepted);
        return new Attempt(ask, right ? verdict.outcome() : ClientOutcome.WRONG, begun, ended, detail);
    }

    private Verdict complete(Ask ask) throws InterruptedException {
        CompletableFuture<HttpResponse<String>> call =
                http.sendAsync(request(ask), HttpResponse.BodyHandlers.ofString());
        try {
            HttpResponse<String> response = call.get(ask.patience().toMillis(), TimeUnit.MILLISECONDS);
            return response.statusCode() == 200
                    ? Verdict.answer(JsonMapper.shared()
                            .readTree(response.body())
                            .at("/choices/0/message/content")
                            .asString(""))
                    : refusal(response, response.body());
        } catch (TimeoutException e) {
            call.cancel(true);
            return left(ask, "");
        } catch (ExecutionException e) {
            return Verdict.failed("no answer: " + e.getCause());
        } catch (JacksonException e) {
            return Verdict.failed("not JSON: " + e.getOriginalMessage());
        }
    }

    private Verdict stream(Ask ask) throws InterruptedException {
        EventReader events = new EventReader();
        CompletableFuture<HttpResponse<String>> call = http.sendAsync(
                request(ask),
                head -> head.statusCode() == 200
                        ? BodySubscribers.mapping(BodySubscribers.ofByteArrayConsumer(events), end -> "")
                        : BodySubscribers.ofString(UTF_8));
        try {
            HttpResponse<String> response = call.get(ask.patience().toMillis(), TimeUnit.MILLISECONDS);
            return response.statusCode() == 200 ? events.verdict() : refusal(response, response.body());
        } catch (TimeoutException e) {
            call.cancel(true);
            return events.hasEnded() ? events.verdict() : left(ask, events.text());
        } catch (ExecutionException e) {
            events.breakOff(e.getCause());
            return events.verdict();
        }
    }

    private static Verdict left(Ask ask, String text) {
        return ask.isImpatient()
                ? new Verdict(ClientOutcome.CANCELLED, text, "")
                : Verdict.failed("no end within %d s".formatted(ask.patience().toSeconds()));
    }

    private static Verdict refusal(HttpResponse<?> response, String body) {
        int status = response.statusCode();
        boolean mayTryAgain = (status == TOO_MANY || status == UNAVAILABLE)
                && response.headers().firstValue("Retry-After").isPresent()
                && !message(body).isBlank();
        String detail = "status %d: %s".formatted(status, body);
        return mayTryAgain ? new Verdict(ClientOutcome.REFUSED, "", detail) : Verdict.failed(detail);
    }

    private static String message(String body) {
        try {
            JsonNode error = JsonMapper.shared().readTree(body);
            return error.at("/error/message").asString("");
        } catch (JacksonException e) {
            return "";
        }
    }

    private HttpRequest request(Ask ask) {
        return HttpRequest.newBuilder(chat)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(
                        ask.toRequest().toJson().toString()))
                .build();
    }
}
