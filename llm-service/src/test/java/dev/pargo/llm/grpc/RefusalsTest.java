package dev.pargo.llm.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pargo.proto.Checksums;
import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.StageError;
import dev.pargo.proto.v1.AnswerFormat;
import dev.pargo.proto.v1.BeamSearch;
import dev.pargo.proto.v1.ChatMessage;
import dev.pargo.proto.v1.ContentPart;
import dev.pargo.proto.v1.Conversation;
import dev.pargo.proto.v1.DataType;
import dev.pargo.proto.v1.GenerateRequest;
import dev.pargo.proto.v1.GenerateResponse;
import dev.pargo.proto.v1.GenerateStart;
import dev.pargo.proto.v1.PromptSegment;
import dev.pargo.proto.v1.RequestLimits;
import dev.pargo.proto.v1.Sampling;
import dev.pargo.proto.v1.TensorChunk;
import dev.pargo.proto.v1.TensorHeader;
import io.grpc.stub.BlockingClientCall;
import java.util.Collections;
import org.junit.jupiter.api.Test;

/** The requests that the service refuses, and the errors. */
class RefusalsTest extends RunningLlmService {

    @Test
    void refusesAPromptThatIsTooLong() {
        assertRefused(ErrorReason.PROMPT_TOO_LONG, text("red ".repeat(2000)).build(), "the limit is 511");
    }

    @Test
    void refusesAControlTokenThatTheModelLacks() {
        GenerateStart start = GenerateStart.newBuilder()
                .addPrompt(PromptSegment.newBuilder().setControl("<|im_start|>"))
                .build();
        assertRefused(ErrorReason.UNKNOWN_CONTROL_TOKEN, start, "<|im_start|>");
    }

    @Test
    void refusesSamplingOutOfRange() {
        assertRefused(
                ErrorReason.INVALID_FIELD,
                text("x").setSampling(Sampling.newBuilder().setTopP(1.5f)).build(),
                "top_p is 1.5");
    }

    @Test
    void refusesWhatWouldBreakABatch() {
        assertRefused(
                ErrorReason.INVALID_FIELD,
                text("x")
                        .setSampling(Sampling.newBuilder().putLogitBias(1024, 1))
                        .build(),
                "logit_bias is for token 1024");
        assertRefused(
                ErrorReason.INVALID_FIELD,
                text("x")
                        .setSampling(Sampling.newBuilder().putLogitBias(7, Float.NaN))
                        .build(),
                "logit_bias[7] is NaN");
        assertRefused(
                ErrorReason.INVALID_FIELD,
                text("x")
                        .setSampling(Sampling.newBuilder().setTemperature(Float.POSITIVE_INFINITY))
                        .build(),
                "temperature is Infinity, but must be between 0 and 2");
        assertRefused(
                ErrorReason.INVALID_FIELD,
                text("x")
                        .setSampling(Sampling.newBuilder().setFrequencyPenalty(Float.NEGATIVE_INFINITY))
                        .build(),
                "frequency_penalty is -Infinity, but must be between -2 and 2");
        assertRefused(ErrorReason.INVALID_FIELD, text("x").addStopTokenIds(-1).build(), "stop_token_ids is with -1");
        assertRefused(ErrorReason.INVALID_FIELD, text("x").setChoices(5).build(), "choices is 5");
        assertRefused(ErrorReason.INVALID_FIELD, text("x").setTopLogprobs(21).build(), "top_logprobs is 21");
    }

    @Test
    void refusesLongerListsThanItDescribes() {
        RequestLimits limits = description.getLimits();
        assertRefused(
                ErrorReason.INVALID_FIELD,
                text("x")
                        .addAllStop(Collections.nCopies(limits.getStopStrings() + 1, "s"))
                        .build(),
                "stop is of 17 strings, but must be of at most 16");
        assertRefused(
                ErrorReason.INVALID_FIELD,
                text("x")
                        .addStop("é".repeat(limits.getStopStringBytes() / 2 + 1))
                        .build(),
                "stop[0] is of 4002 bytes");
        assertRefused(
                ErrorReason.INVALID_FIELD,
                text("x")
                        .addAllStopTokenIds(Collections.nCopies(limits.getStopTokenIds() + 1, 1))
                        .build(),
                "stop_token_ids is of 129 ids");
        assertRefused(ErrorReason.INVALID_FIELD, oneOf(limits.getChoiceStrings() + 1, "a"), "of 1001 strings");
        assertRefused(
                ErrorReason.INVALID_FIELD,
                oneOf(1, "a".repeat(limits.getChoiceStringBytes() + 1)),
                "format.one_of[0] is of 4001 bytes");
        assertRefused(
                ErrorReason.INVALID_FIELD,
                oneOf(100, "a".repeat(limits.getChoiceStringBytes())),
                "format.one_of is of 400000 bytes");
        assertRefused(
                ErrorReason.PROMPT_TOO_LONG,
                text("x".repeat(limits.getPromptBytes() + 1)).build(),
                "bytes of text, the limit is " + limits.getPromptBytes());
    }

    private static GenerateStart oneOf(int count, String choice) {
        return text("x")
                .setFormat(AnswerFormat.newBuilder()
                        .setOneOf(AnswerFormat.Choices.newBuilder().addAllStrings(Collections.nCopies(count, choice))))
                .build();
    }

    @Test
    void refusesVisualTokensThatAreNoneOrHaveNoPlace() {
        assertRefused(
                ErrorReason.INVALID_FIELD,
                question("What?").addVisualTokens(-80).build(),
                "visual_tokens[0] is -80, but must be at least 1");
        assertRefused(
                ErrorReason.INVALID_FIELD,
                question("What?").addVisualTokens(80).addVisualTokens(80).build(),
                "visual_tokens[1] is 80, but must be at least 1 and have its place in the prompt");
        assertRefused(
                ErrorReason.PROMPT_TOO_LONG,
                question("What?").addVisualTokens(Integer.MAX_VALUE).build(),
                "the limit is 511");
    }

    @Test
    void refusesAConversationThatCannotBeWritten() {
        ChatMessage question = ChatMessage.newBuilder()
                .setRole("user")
                .addContent(ContentPart.newBuilder().setText("What?"))
                .build();
        Conversation conversation =
                Conversation.newBuilder().addMessages(question).build();
        assertRefused(
                ErrorReason.INVALID_FIELD,
                GenerateStart.newBuilder()
                        .setConversation(conversation.toBuilder().addTools("{}"))
                        .build(),
                "tools are not supported by this model");
        assertRefused(
                ErrorReason.INVALID_FIELD,
                GenerateStart.newBuilder()
                        .setConversation(conversation.toBuilder().setTurnTemplate("{question}"))
                        .build(),
                "the prompt template has no image placeholder");
        assertRefused(
                ErrorReason.MALFORMED_STREAM,
                text("x").setConversation(conversation).build(),
                "a request has either a prompt or a conversation");
        assertRefused(
                ErrorReason.MALFORMED_STREAM,
                GenerateStart.newBuilder()
                        .setConversation(Conversation.getDefaultInstance())
                        .build(),
                "a request has either a prompt or a conversation");
        assertRefused(
                ErrorReason.INVALID_FIELD,
                GenerateStart.newBuilder()
                        .setConversation(Conversation.newBuilder()
                                .addAllMessages(Collections.nCopies(
                                        description.getLimits().getConversationPieces() / 2 + 1, question)))
                        .build(),
                "messages and parts, the limit is " + description.getLimits().getConversationPieces());
    }

    @Test
    void refusesWhatBeamSearchDoesNotDo() {
        GenerateStart.Builder beams =
                text("x").setBeamSearch(BeamSearch.newBuilder().setBeams(2).setLengthPenalty(1));
        assertRefused(ErrorReason.INVALID_FIELD, beams.clone().setMinTokens(3).build(), "min_tokens is 3");
        assertRefused(
                ErrorReason.INVALID_FIELD,
                beams.clone().setVisualAttention(true).build(),
                "visual_attention is set");
        assertRefused(
                ErrorReason.INVALID_FIELD,
                beams.clone()
                        .setSampling(Sampling.newBuilder().setPresencePenalty(1))
                        .build(),
                "absent with beam search");
        assertRefused(
                ErrorReason.INVALID_FIELD,
                beams.clone()
                        .setFormat(AnswerFormat.newBuilder().setJsonObject(true))
                        .build(),
                "format is set");
    }

    @Test
    void refusesASchemaThatItCannotHonourWithThePlace() {
        assertRefused(
                ErrorReason.INVALID_FIELD,
                text("x")
                        .setFormat(AnswerFormat.newBuilder().setJsonSchema("{\"properties\":{\"a\":{\"not\":{}}}}"))
                        .build(),
                "format.json_schema #/properties/a/not is not supported");
        assertRefused(
                ErrorReason.INVALID_FIELD,
                text("x").setFormat(AnswerFormat.newBuilder().setRegex("(a")).build(),
                "format.regex lacks a )");
    }

    @Test
    void refusesAVisualTensorOfAnotherShapeWithoutReadingIt() throws Exception {
        GenerateStart start = question("What?").addVisualTokens(80).build();
        BlockingClientCall<GenerateRequest, GenerateResponse> call = open();
        call.write(Checksums.seal(GenerateRequest.newBuilder().setStart(start)));
        TensorHeader header = TensorHeader.newBuilder()
                .setName("visual_tokens")
                .setDtype(DataType.FLOAT32)
                .addShape(1 << 20)
                .addShape(1 << 20)
                .build();
        call.write(GenerateRequest.newBuilder()
                .setVisual(Checksums.seal(TensorChunk.newBuilder().setHeader(header)))
                .build());
        assertThatThrownBy(call::read)
                .satisfies(failure -> assertThat(
                                StageError.of(failure).orElseThrow().reason())
                        .isEqualTo(ErrorReason.TENSOR_MISMATCH));
    }

    private void assertRefused(ErrorReason reason, GenerateStart start, String message) {
        assertThatThrownBy(() -> ask(start)).satisfies(failure -> {
            StageError error = StageError.of(failure).orElseThrow();
            assertThat(error.reason()).isEqualTo(reason);
            assertThat(error.message()).contains(message);
        });
    }
}
