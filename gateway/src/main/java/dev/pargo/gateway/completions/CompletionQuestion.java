package dev.pargo.gateway.completions;

import dev.pargo.gateway.decoding.AnswerShape;
import dev.pargo.gateway.decoding.Bounds;
import dev.pargo.gateway.decoding.DecodingFields;
import dev.pargo.gateway.decoding.DecodingReader;
import dev.pargo.gateway.decoding.FormatReader;
import dev.pargo.gateway.decoding.ModelLimits;
import dev.pargo.gateway.error.GatewayException;
import dev.pargo.gateway.exchange.Answer;
import dev.pargo.gateway.exchange.AnswerWriter;
import dev.pargo.gateway.exchange.Question;
import dev.pargo.gateway.exchange.RequestFields;
import dev.pargo.gateway.exchange.ResponseHead;
import dev.pargo.gateway.exchange.WholeAnswer;
import dev.pargo.gateway.json.Values;
import dev.pargo.gateway.picture.PictureSource;
import dev.pargo.gateway.pipeline.DecodingDefaults;
import dev.pargo.proto.v1.GenerateStart;
import dev.pargo.proto.v1.LlmDescription;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A completion request, checked. */
record CompletionQuestion(Values body, List<CompletionPrompt> prompts, AnswerShape shape) implements Question {

    private static final String PROMPT = CompletionFields.PROMPT.name();
    private static final int MAX_CHOICES = 1024;

    /** As in OpenAI's API. */
    private static final long MAX_TOKENS = 16;

    /**
     * Checks a request.
     *
     * @throws GatewayException INVALID_REQUEST, naming the field and what is allowed
     */
    static CompletionQuestion of(Values body) {
        @Nullable List<CompletionPrompt> prompts = body.get(CompletionFields.PROMPT);
        if (prompts == null) {
            throw Bounds.invalid("prompt", "prompt is missing");
        }
        @Nullable Long logprobs = body.get(CompletionFields.LOGPROBS);
        if (body.is(CompletionFields.ECHO)) {
            refuseIf(logprobs != null, "echo cannot be used with logprobs: those of prompts are not computed");
            refuseIf(
                    prompts.stream().anyMatch(prompt -> prompt.text() == null),
                    "echo cannot be used with a prompt of token ids");
        }
        return new CompletionQuestion(
                body,
                prompts,
                new AnswerShape(
                        maxTokens(body),
                        logprobs == null ? null : logprobs.intValue(),
                        false,
                        "response_format",
                        FormatReader.responseFormat(body.get(DecodingFields.RESPONSE_FORMAT))));
    }

    @Override
    public @Nullable String model() {
        return body.get(RequestFields.MODEL);
    }

    @Override
    public List<PictureSource> images() {
        return List.of();
    }

    @Override
    public Work work(DecodingDefaults defaults, LlmDescription llm) {
        GenerateStart decoding = DecodingReader.read(body, shape, defaults, llm);
        if (decoding.getChoices() * prompts.size() > MAX_CHOICES) {
            throw Bounds.invalid(
                    "prompt", "prompt: there may be at most %d answers to all prompts".formatted(MAX_CHOICES));
        }
        String first = body.get(CompletionFields.ADD_SPECIAL_TOKENS, true)
                ? llm.getPrompt().getOpening()
                : "";
        List<GenerateStart> starts = prompts.stream()
                .map(prompt -> decoding.toBuilder()
                        .addAllPrompt(prompt.segments(first))
                        .build())
                .toList();
        starts.forEach(start -> ModelLimits.check(PROMPT, start, llm));
        return new Work(starts, PROMPT);
    }

    @Override
    public GatewayException inClientsWords(GatewayException refusal) {
        return FormatReader.named(refusal, FormatReader.field(body, shape));
    }

    @Override
    public Answer answer(ResponseHead head, Work work, LlmDescription llm, AnswerWriter out) {
        CompletionForm form = new CompletionForm(head, echoes(), work.decoding());
        return body.is(RequestFields.STREAM)
                ? new StreamedCompletion(form, RequestFields.includesUsage(body), out)
                : new WholeAnswer(prompts.size() * work.decoding().getChoices(), out, form::whole);
    }

    /** The text before the answers to each prompt. */
    private List<String> echoes() {
        return prompts.stream()
                .map(prompt -> body.is(CompletionFields.ECHO) ? Objects.requireNonNullElse(prompt.text(), "") : "")
                .toList();
    }

    private static Integer maxTokens(Values body) {
        long otherwise = body.isGiven(CompletionFields.MAX_TOKENS) ? AnswerShape.REST_OF_CONTEXT : MAX_TOKENS;
        return body.get(CompletionFields.MAX_TOKENS, otherwise).intValue();
    }

    private static void refuseIf(boolean conflict, String message) {
        if (conflict) {
            throw Bounds.invalid("echo", message);
        }
    }
}
