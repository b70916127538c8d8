package dev.pargo.gateway.chat;

import dev.pargo.gateway.attention.AttentionFields;
import dev.pargo.gateway.chat.ToolChoice.Rule;
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
import dev.pargo.gateway.inference.HeadGroups;
import dev.pargo.gateway.json.Field;
import dev.pargo.gateway.json.Values;
import dev.pargo.gateway.picture.PictureSource;
import dev.pargo.gateway.pipeline.DecodingDefaults;
import dev.pargo.gateway.toolcall.RequiredCall;
import dev.pargo.gateway.toolcall.ToolCallRules;
import dev.pargo.proto.v1.AnswerFormat;
import dev.pargo.proto.v1.Conversation;
import dev.pargo.proto.v1.GenerateStart;
import dev.pargo.proto.v1.LlmDescription;
import dev.pargo.proto.v1.PromptDescription;
import dev.pargo.proto.v1.ToolCallForm;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a chat request asks. */
record ChatQuestion(
        Values body,
        Conversation conversation,
        List<PictureSource> images,
        @Nullable HeadGroups attention,
        ToolChoice toolChoice,
        AnswerShape shape)
        implements Question {

    private static final String MESSAGES = ChatFields.MESSAGES.name();

    /**
     * Checks a request.
     *
     * @throws GatewayException INVALID_REQUEST, naming the field and what is allowed
     */
    static ChatQuestion of(Values body, int maxImages) {
        @Nullable List<Values> given = body.get(ChatFields.MESSAGES);
        if (given == null) {
            throw Bounds.invalid(MESSAGES, "messages is missing");
        }
        ChatMessages messages =
                ChatMessages.of(null, given, MESSAGES, maxImages, body.get(ChatFields.CONTINUE_FINAL_MESSAGE, true));
        ToolChoice toolChoice = ToolChoice.of(body.get(ChatFields.TOOL_CHOICE, "auto"));
        AnswerShape shape = new AnswerShape(
                maxTokens(body),
                topLogprobs(body),
                visualAttention(body),
                "response_format",
                FormatReader.responseFormat(body.get(DecodingFields.RESPONSE_FORMAT)));
        if (toolChoice.is(Rule.CALL) && shape.format() != null) {
            throw Bounds.invalid(
                    shape.formatField(), shape.formatField() + " cannot be used with a tool_choice that wants a call");
        }
        return new ChatQuestion(
                body,
                messages.conversation().toBuilder()
                        .addAllTools(tools(body, toolChoice))
                        .build(),
                messages.images(),
                projectorAttention(body),
                toolChoice,
                shape);
    }

    @Override
    public @Nullable String model() {
        return body.get(RequestFields.MODEL);
    }

    @Override
    public Work work(DecodingDefaults defaults, LlmDescription llm) {
        refuseTools(llm.getPrompt().getTools());
        GenerateStart start = DecodingReader.read(body, shape(llm), defaults, llm).toBuilder()
                .setConversation(conversation)
                .build();
        ModelLimits.check(MESSAGES, start, llm);
        return new Work(List.of(start), MESSAGES);
    }

    @Override
    public GatewayException inClientsWords(GatewayException refusal) {
        String prescribed = toolChoice.is(Rule.CALL) ? ToolChoice.FIELD : FormatReader.field(body, shape);
        return FormatReader.named(refusal, prescribed);
    }

    /** With the form of a call, if the answer has to be one. */
    private AnswerShape shape(LlmDescription llm) {
        if (!toolChoice.is(Rule.CALL)) {
            return shape;
        }
        String schema = RequiredCall.schema(
                toolChoice.among(body.get(ChatFields.TOOLS, List.of())),
                bareCall(llm).getArguments());
        return new AnswerShape(
                shape.maxTokens(),
                shape.topLogprobs(),
                shape.visualAttention(),
                ToolChoice.FIELD,
                AnswerFormat.newBuilder().setJsonSchema(schema).build());
    }

    /** A call without the model's tags, which an answer that is nothing else does not need. */
    private static ToolCallForm bareCall(LlmDescription llm) {
        PromptDescription prompt = llm.getPrompt();
        String arguments = prompt.hasToolCalls() ? prompt.getToolCalls().getArguments() : "arguments";
        return ToolCallForm.newBuilder().setArguments(arguments).build();
    }

    @Override
    public Answer answer(ResponseHead head, Work work, LlmDescription llm, AnswerWriter out) {
        ChatHead chat = new ChatHead(head, toolCallRules(work, llm), attention != null);
        int choices = work.decoding().getChoices();
        return body.is(RequestFields.STREAM)
                ? new StreamedAnswer(chat, work.decoding(), RequestFields.includesUsage(body), out)
                : new WholeAnswer(
                        choices,
                        out,
                        (written, usage, timings) -> chat.whole(written, work.decoding(), usage, timings));
    }

    /** An answer whose form the request prescribes is content as a whole. */
    private ToolCallRules toolCallRules(Work work, LlmDescription llm) {
        List<String> tools = body.get(ChatFields.TOOLS, List.of());
        boolean parallel = body.get(ChatFields.PARALLEL_TOOL_CALLS, true);
        if (toolChoice.is(Rule.CALL)) {
            return ToolCallRules.of(bareCall(llm), toolChoice.among(tools), parallel);
        }
        boolean mayCall = llm.getPrompt().hasToolCalls() && !work.decoding().hasFormat() && !toolChoice.is(Rule.NONE);
        return mayCall ? ToolCallRules.of(llm.getPrompt().getToolCalls(), tools, parallel) : ToolCallRules.NONE;
    }

    private static @Nullable Integer maxTokens(Values body) {
        Field<Long> field = body.isGiven(ChatFields.MAX_COMPLETION_TOKENS)
                ? ChatFields.MAX_COMPLETION_TOKENS
                : ChatFields.MAX_TOKENS;
        return body.isGiven(field)
                ? Integer.valueOf(
                        body.get(field, (long) AnswerShape.REST_OF_CONTEXT).intValue())
                : null;
    }

    private static boolean visualAttention(Values body) {
        return body.get(ChatFields.ATTENTION, Values.NONE).is(ChatFields.VISUAL);
    }

    private static @Nullable HeadGroups projectorAttention(Values body) {
        Values asked = body.get(ChatFields.ATTENTION, Values.NONE);
        String name = ChatFields.ATTENTION.name() + '.';
        HeadGroups groups = new HeadGroups(
                asked.get(AttentionFields.HEAD_GROUPS, 1L).intValue(),
                name + ChatFields.PROJECTOR.name(),
                name + AttentionFields.HEAD_GROUPS.name());
        if (asked.is(ChatFields.PROJECTOR)) {
            return groups;
        }
        if (asked.has(AttentionFields.HEAD_GROUPS)) {
            throw Bounds.invalid(groups.field(), groups.field() + " needs " + groups.asker() + " to be true");
        }
        return null;
    }

    private static @Nullable Integer topLogprobs(Values body) {
        int top = body.get(ChatFields.TOP_LOGPROBS, 0L).intValue();
        if (body.is(ChatFields.LOGPROBS)) {
            return top;
        }
        if (top > 0) {
            throw Bounds.invalid("top_logprobs", "top_logprobs needs logprobs to be true");
        }
        return null;
    }

    /** None if the request says that none is to be called. */
    private static List<String> tools(Values body, ToolChoice choice) {
        if (choice.is(Rule.NONE)) {
            return List.of();
        }
        List<String> tools = new ArrayList<>(body.get(ChatFields.TOOLS, List.of()));
        body.get(ChatFields.FUNCTIONS, List.of())
                .forEach(function -> tools.add("{\"type\": \"function\", \"function\": %s}".formatted(function)));
        return tools;
    }

    /** @param known whether the model's template has a place for them */
    private void refuseTools(boolean known) {
        if (toolChoice.is(Rule.NONE)) {
            return;
        }
        for (Field<List<String>> tools : List.of(ChatFields.TOOLS, ChatFields.FUNCTIONS)) {
            if (!known && !body.get(tools, List.of()).isEmpty()) {
                throw Bounds.invalid(
                        tools.name(),
                        tools.name() + " is not supported by this model; with tool_choice none it is ignored");
            }
        }
    }
}
