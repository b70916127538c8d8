package dev.pargo.llm.vllm;

import dev.pargo.models.llm.EmbeddingTable;
import dev.pargo.models.llm.PromptPart;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Asks the server for the next token of a prompt twice, once by its token ids and once by their embeddings. If the log
 * probabilities differ, the server has another model than the bundle, or does not use the embeddings as they are.
 */
final class VllmProbe {

    /** A server's first step may take long. */
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private static final int[] PROMPT = IntStream.range(0, 8).toArray();

    /** Two runs in bfloat16 differ by some hundredths. Other embeddings move logits by whole numbers. */
    private static final double TOLERANCE = 0.25;

    private VllmProbe() {}

    /** @throws VllmException if the two differ, or the server refuses one of them */
    static void check(VllmServer server, ServedModel model, EmbeddingTable table) throws VllmException {
        ObjectNode byIds = fields(model);
        ArrayNode ids = byIds.putArray("prompt");
        Arrays.stream(PROMPT).forEach(ids::add);
        double known = ask(server, BodyPublishers.ofString(byIds.toString()));
        byte[] fields = fields(model).toString().getBytes(StandardCharsets.UTF_8);
        double embedded = ask(
                server,
                CompletionRequest.withEmbeddings(
                        fields, CompletionRequest.embeddings(table, List.of(new PromptPart.Tokens(PROMPT)))));
        if (!(Math.abs(known - embedded) <= TOLERANCE)) {
            throw new VllmException(("its model '%s' is not the bundle's LLM: for the embeddings of a known prompt"
                            + " the log probability of the next token is %.3f, for its tokens %.3f")
                    .formatted(model.id(), embedded, known));
        }
    }

    private static ObjectNode fields(ServedModel model) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("model", model.id())
                .put("max_tokens", 1)
                .put("temperature", 0)
                .put("repetition_penalty", 1)
                .put("logprobs", 0)
                .put("ignore_eos", true);
    }

    private static double ask(VllmServer server, BodyPublisher body) throws VllmException {
        StringBuilder text = new StringBuilder();
        CompletableFuture<HttpResponse<Void>> call = server.complete(
                body,
                TIMEOUT,
                head -> BodySubscribers.mapping(new BoundedBody(), bytes -> {
                    text.append(new String(bytes, StandardCharsets.UTF_8));
                    return null;
                }));
        try {
            int status = call.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS).statusCode();
            JsonNode answer = JsonMapper.shared().readTree(text.toString());
            if (status != 200) {
                throw new VllmException("it refuses a prompt of embeddings or tokens: "
                        + CompletionEvent.Problem.of(answer, status).message());
            }
            return answer.at("/choices/0/logprobs/token_logprobs/0").asDouble(Double.NaN);
        } catch (InterruptedException closing) {
            call.cancel(true);
            Thread.currentThread().interrupt();
            throw new VllmException("interrupted");
        } catch (TimeoutException silent) {
            call.cancel(true);
            throw new VllmException("no answer within %d s".formatted(TIMEOUT.toSeconds()));
        } catch (ExecutionException | JacksonException lost) {
            throw new VllmException("it does not answer a prompt: " + lost.getMessage());
        }
    }
}
