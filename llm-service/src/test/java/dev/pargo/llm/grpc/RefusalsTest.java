package dev.pargo.llm.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.StageError;
import dev.pargo.proto.v1.AnswerFormat;
import dev.pargo.proto.v1.BeamSearch;
import dev.pargo.proto.v1.DataType;
import dev.pargo.proto.v1.GenerateRequest;
import dev.pargo.proto.v1.GenerateResponse;
import dev.pargo.proto.v1.GenerateStart;
import dev.pargo.proto.v1.PromptSegment;
import dev.pargo.proto.v1.Sampling;
import dev.pargo.proto.v1.TensorChunk;
import dev.pargo.proto.v1.TensorHeader;
import io.grpc.stub.BlockingClientCall;
import org.junit.jupiter.api.Test;

/** What the service refuses, and how it says so. */
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
                "temperature is Infinity");
        assertRefused(
                ErrorReason.INVALID_FIELD,
                text("x")
                        .setSampling(Sampling.newBuilder().setFrequencyPenalty(Float.NEGATIVE_INFINITY))
                        .build(),
                "frequency_penalty is -Infinity");
        assertRefused(ErrorReason.INVALID_FIELD, text("x").addStopTokenIds(-1).build(), "stop_token_ids is with -1");
        assertRefused(ErrorReason.INVALID_FIELD, text("x").setChoices(5).build(), "choices is 5");
        assertRefused(ErrorReason.INVALID_FIELD, text("x").setTopLogprobs(21).build(), "top_logprobs is 21");
    }

    @Test
    void refusesWhatBeamSearchDoesNotDo() {
        GenerateStart.Builder beams =
                text("x").setBeamSearch(BeamSearch.newBuilder().setBeams(2).setLengthPenalty(1));
        assertRefused(ErrorReason.INVALID_FIELD, beams.clone().setMinTokens(3).build(), "min_tokens is 3");
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
    void refusesAVisualTensorOfAnotherShapeWithoutReadingIt() throws Exception {
        GenerateStart start = question("What?").addVisualTokens(80).build();
        BlockingClientCall<GenerateRequest, GenerateResponse> call = open();
        call.write(GenerateRequest.newBuilder().setStart(start).build());
        call.write(GenerateRequest.newBuilder()
                .setVisual(TensorChunk.newBuilder()
                        .setHeader(TensorHeader.newBuilder()
                                .setName("visual_tokens")
                                .setDtype(DataType.FLOAT32)
                                .addShape(1 << 20)
                                .addShape(1 << 20)))
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
