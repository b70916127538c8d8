package dev.pargo.gateway.responses;

import dev.pargo.gateway.chat.ChatMessages;
import dev.pargo.gateway.decoding.AnswerShape;
import dev.pargo.gateway.decoding.Bounds;
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
import dev.pargo.proto.v1.AnswerFormat;
import dev.pargo.proto.v1.Conversation;
import dev.pargo.proto.v1.GenerateStart;
import dev.pargo.proto.v1.LlmDescription;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A request for a response, checked. */
record ResponseQuestion(Values body, Conversation conversation, List<PictureSource> images, AnswerShape shape)
        implements Question {

    private static final String INPUT = ResponseFields.INPUT.name();

    /**
     * Checks a request.
     *
     * @throws GatewayException INVALID_REQUEST, naming the field and what is allowed
     */
    static ResponseQuestion of(Values body, int maxImages) {
        @Nullable List<Values> input = body.get(ResponseFields.INPUT);
        if (input == null) {
            throw Bounds.invalid(INPUT, "input is missing");
        }
        if (!body.get(ResponseFields.TOOLS, List.of()).isEmpty()
                && !body.get(ResponseFields.TOOL_CHOICE, "auto").equals("none")) {
            throw Bounds.invalid("tools", "tools is not supported by this model; with tool_choice none it is ignored");
        }
        ChatMessages messages = ChatMessages.of(body.get(ResponseFields.INSTRUCTIONS), input, INPUT, maxImages, false);
        return new ResponseQuestion(
                body,
                messages.conversation(),
                messages.images(),
                new AnswerShape(maxTokens(body), topLogprobs(body), false, "text.format", format(body)));
    }

    @Override
    public @Nullable String model() {
        return body.get(RequestFields.MODEL);
    }

    @Override
    public Work work(DecodingDefaults defaults, LlmDescription llm) {
        GenerateStart start = DecodingReader.read(body, shape, defaults, llm).toBuilder()
                .setConversation(conversation)
                .build();
        ModelLimits.check(INPUT, start, llm);
        return new Work(List.of(start), INPUT);
    }

    @Override
    public GatewayException inClientsWords(GatewayException refusal) {
        return FormatReader.named(refusal, FormatReader.field(body, shape));
    }

    @Override
    public Answer answer(ResponseHead head, Work work, LlmDescription llm, AnswerWriter out) {
        ResponseForm form = new ResponseForm(head, body, work.decoding());
        return body.is(RequestFields.STREAM) ? new StreamedResponse(form, out) : new WholeAnswer(1, out, form::whole);
    }

    private static @Nullable Integer maxTokens(Values body) {
        return body.isGiven(ResponseFields.MAX_OUTPUT_TOKENS)
                ? Integer.valueOf(body.get(ResponseFields.MAX_OUTPUT_TOKENS, (long) AnswerShape.REST_OF_CONTEXT)
                        .intValue())
                : null;
    }

    private static @Nullable Integer topLogprobs(Values body) {
        int top = body.get(ResponseFields.TOP_LOGPROBS, 0L).intValue();
        if (body.get(ResponseFields.INCLUDE, List.of()).contains(ResponseFields.LOGPROBS)) {
            return top;
        }
        if (top > 0) {
            throw Bounds.invalid("top_logprobs", "top_logprobs needs include with " + ResponseFields.LOGPROBS);
        }
        return null;
    }

    private static @Nullable AnswerFormat format(Values body) {
        @Nullable Values text = body.get(ResponseFields.TEXT);
        return text == null ? null : FormatReader.textFormat(text.get(ResponseFields.FORMAT));
    }
}
