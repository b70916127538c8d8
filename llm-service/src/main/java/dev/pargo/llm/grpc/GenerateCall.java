package dev.pargo.llm.grpc;

import dev.pargo.llm.engine.GenerationRequest;
import dev.pargo.llm.engine.Generator;
import dev.pargo.llm.engine.RequestOrigin;
import dev.pargo.models.picture.PictureRows;
import dev.pargo.proto.Checksums;
import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.StageError;
import dev.pargo.proto.v1.GenerateRequest;
import dev.pargo.proto.v1.GenerateResponse;
import dev.pargo.proto.v1.GenerateStart;
import dev.pargo.proto.v1.GenerationQueued;
import dev.pargo.stage.call.ServedCall;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The request side of one call of {@code Generate}. It is admitted by the size that its start announces, prepared on
 * separate threads when it is complete, and passed to the generator.
 */
final class GenerateCall implements StreamObserver<GenerateRequest> {

    private final LlmHost host;
    private final ServedCall<GenerateResponse> call;
    private @Nullable RequestReader request;
    private @Nullable VisualUpload visuals;

    /** Create it before the service method returns. */
    GenerateCall(ServerCallStreamObserver<GenerateResponse> out, LlmHost host) {
        this.host = host;
        this.call = new ServedCall<>(out, host.calls());
    }

    @Override
    public void onNext(GenerateRequest message) {
        call.attempt(() -> {
            Checksums.check(message);
            switch (message.getPartCase()) {
                case START -> open(message.getStart());
                case VISUAL -> opened(visuals).accept(message.getVisual());
                case PART_NOT_SET -> throw malformed("an empty message");
            }
        });
    }

    @Override
    public void onCompleted() {
        call.attempt(() -> {
            RequestReader reader = opened(request);
            call.completeRequest();
            List<PictureRows> tensors = opened(visuals).finish();
            host.preparation().run(call, reader.size(), () -> submit(reader, tensors));
        });
    }

    @Override
    public void onError(Throwable cancellation) {
        // The call's cancel handler cleans up.
    }

    private void open(GenerateStart start) {
        if (request != null) {
            throw malformed("a second start");
        }
        long bytes = RequestSize.check(start, host.description());
        request = new RequestReader(start, host);
        call.admit(bytes);
        visuals =
                new VisualUpload(start.getVisualTokensList(), host.description().getVisualInput());
    }

    private void submit(RequestReader reader, List<PictureRows> tensors) {
        GenerationRequest prepared = reader.request(origin(), tensors, call.deadline());
        AnswerStream answer = new AnswerStream(
                call,
                host.tokenizer(),
                prepared.continues(),
                new SlowReader(call, host.calls().timer(), host.answerLimits(), host.unread()),
                GenerationQueued.newBuilder()
                        .setProducer(host.description().getIdentity().getFingerprint())
                        .setPromptTokens(prepared.promptTokens())
                        .setVisualTokens(prepared.visualTokens())
                        .build());
        call.answer(answer);
        call.trace().enter("queue");
        Generator.Submission submission = host.generator().submit(prepared, answer);
        answer.follow(submission);
        call.whenOver(submission::cancel);
    }

    private RequestOrigin origin() {
        return new RequestOrigin(call.id().value(), call.client().value());
    }

    private static <T> T opened(@Nullable T part) {
        if (part == null) {
            throw malformed("the stream does not begin with its start");
        }
        return part;
    }

    private static StatusRuntimeException malformed(String message) {
        return new StageError(ErrorReason.MALFORMED_STREAM, message).toException();
    }
}
