package dev.pargo.llm.vllm;

import dev.pargo.llm.engine.GenerationRequest;
import dev.pargo.llm.engine.Penalties;
import dev.pargo.models.llm.EmbeddingTable;
import dev.pargo.models.llm.PromptPart;
import dev.pargo.models.llm.SamplingParams;
import dev.pargo.models.weights.TorchTensor;
import dev.pargo.proto.v1.AnswerFormat;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A request in the words of vLLM's {@code /v1/completions}. A prompt with pictures is sent as embeddings, a text as
 * token ids. Every parameter is set, so that the defaults of the server and of the model's {@code
 * generation_config.json} have no effect.
 *
 * <p>End tokens are sent as stop tokens, and stop strings are not sent: the service finds them itself in the text that
 * it makes of the tokens, as for its own engine. Each answer of a request is a request of its own, so that each ends by
 * itself.
 */
final class CompletionRequest {

    private final ServedModel model;
    private final GenerationRequest request;
    private final int maxTokens;
    private final @Nullable TorchTensor embeddings;

    /** @param maxTokens most tokens of an answer, at least 1 */
    CompletionRequest(ServedModel model, EmbeddingTable table, GenerationRequest request, int maxTokens) {
        this.model = model;
        this.request = request;
        this.maxTokens = maxTokens;
        this.embeddings = request.visualTokens() > 0 ? embeddings(table, request.prompt()) : null;
    }

    static TorchTensor embeddings(EmbeddingTable table, List<PromptPart> prompt) {
        var rows = table.embed(prompt);
        return new TorchTensor(rows.dtype(), rows.shape(), rows);
    }

    /**
     * The request for one of the answers. Embeddings are written while they are sent.
     *
     * @param choice number of the answer
     */
    BodyPublisher body(int choice) {
        byte[] fields = fields(choice).toString().getBytes(StandardCharsets.UTF_8);
        TorchTensor matrix = embeddings;
        if (matrix == null) {
            return BodyPublishers.ofByteArray(fields);
        }
        return withEmbeddings(fields, matrix);
    }

    /** @param fields a JSON object with at least one field, to which the embeddings are added */
    static BodyPublisher withEmbeddings(byte[] fields, TorchTensor matrix) {
        return BodyPublishers.ofInputStream(() -> new SequenceInputStream(Collections.enumeration(List.<InputStream>of(
                new ByteArrayInputStream("{\"prompt_embeds\":\"".getBytes(StandardCharsets.US_ASCII)),
                new Base64Stream(matrix.open()),
                new ByteArrayInputStream("\",".getBytes(StandardCharsets.US_ASCII)),
                new ByteArrayInputStream(fields, 1, fields.length - 1)))));
    }

    ObjectNode fields(int choice) {
        ObjectNode fields = JsonNodeFactory.instance.objectNode();
        fields.put("model", model.id()).put("stream", true).put("return_token_ids", true);
        fields.putObject("stream_options").put("include_usage", true);
        if (embeddings == null) {
            ArrayNode ids = fields.putArray("prompt");
            for (PromptPart part : request.prompt()) {
                for (int id : ((PromptPart.Tokens) part).ids()) {
                    ids.add(id);
                }
            }
        }
        sampling(fields, choice);
        fields.put("max_tokens", maxTokens).put("min_tokens", Math.min(request.minTokens(), maxTokens));
        // The model's own end tokens are among the stop tokens, unless the request ignores them.
        fields.put("ignore_eos", true);
        ArrayNode stop = fields.putArray("stop_token_ids");
        request.stopIds().forEach(stop::add);
        if (request.topLogprobs() != null) {
            fields.put("logprobs", request.topLogprobs()).put("return_tokens_as_token_ids", true);
        }
        AnswerFormat format = request.format();
        if (format != null) {
            format(fields.putObject("structured_outputs"), format);
        }
        if (!request.cacheSalt().isEmpty()) {
            fields.put("cache_salt", digest(request.cacheSalt()));
        }
        return fields;
    }

    private void sampling(ObjectNode fields, int choice) {
        SamplingParams sampling = request.sampling();
        fields.put("temperature", sampling.temperature())
                .put("top_k", sampling.topK())
                .put("top_p", sampling.topP())
                .put("min_p", sampling.minP());
        if (!sampling.isGreedy()) {
            fields.put("seed", request.seed() + choice);
        }
        Penalties penalties = request.penalties();
        fields.put("repetition_penalty", penalties.repetition())
                .put("presence_penalty", penalties.presence())
                .put("frequency_penalty", penalties.frequency());
        if (!penalties.bias().isEmpty()) {
            ObjectNode bias = fields.putObject("logit_bias");
            penalties.bias().forEach((id, value) -> bias.put(String.valueOf(id), value));
        }
    }

    private static void format(ObjectNode structured, AnswerFormat format) {
        switch (format.getFormatCase()) {
            case ONE_OF -> {
                ArrayNode choices = structured.putArray("choice");
                format.getOneOf().getStringsList().forEach(choices::add);
            }
            case JSON_OBJECT -> structured.put("json_object", true);
            case JSON_SCHEMA -> structured.put("json", format.getJsonSchema());
            case REGEX -> structured.put("regex", format.getRegex());
            case FORMAT_NOT_SET -> throw new IllegalStateException("a format was not checked");
        }
    }

    /** vLLM takes at most 1,024 characters. */
    private static String digest(String salt) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(salt.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException everyJvmHasIt) {
            throw new IllegalStateException(everyJvmHasIt);
        }
    }
}
