package dev.pargo.gateway.loopback;

import com.google.protobuf.ByteString;
import dev.pargo.proto.Checksums;
import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.StageError;
import dev.pargo.proto.v1.ChatMessage;
import dev.pargo.proto.v1.ContentPart;
import dev.pargo.proto.v1.DescribeRequest;
import dev.pargo.proto.v1.DetokenizeRequest;
import dev.pargo.proto.v1.DetokenizeResponse;
import dev.pargo.proto.v1.FinishReason;
import dev.pargo.proto.v1.GenerateRequest;
import dev.pargo.proto.v1.GenerateResponse;
import dev.pargo.proto.v1.GenerateStart;
import dev.pargo.proto.v1.GenerationFinished;
import dev.pargo.proto.v1.GenerationQueued;
import dev.pargo.proto.v1.GenerationReport;
import dev.pargo.proto.v1.GenerationStarted;
import dev.pargo.proto.v1.LlmDescription;
import dev.pargo.proto.v1.LlmGrpc;
import dev.pargo.proto.v1.PromptSegment;
import dev.pargo.proto.v1.TextDelta;
import dev.pargo.proto.v1.TokenLogprob;
import dev.pargo.proto.v1.TokenLogprobs;
import dev.pargo.proto.v1.TokenizeRequest;
import dev.pargo.proto.v1.TokenizeResponse;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Collectors;

/**
 * Answers with its own prompt: roles in (), images as [last byte x bytes], text unchanged, in one delta for each role
 * and part. Further choices put their number before each delta. Each delta is one token with probability 1/e; its
 * alternative is half of a character, with probability 0.
 */
public final class LoopbackLlm extends LlmGrpc.LlmImplBase {

    public final Behaviour behaviour = new Behaviour();
    public volatile LlmDescription description;

    /** All starts so far. */
    public final BlockingQueue<GenerateStart> starts = new LinkedBlockingQueue<>();

    /** Number of deltas after which the answer hangs. */
    public volatile int stallAfter = Integer.MAX_VALUE;

    /** Number of deltas after which the answer breaks off. */
    public volatile int failAfter = Integer.MAX_VALUE;

    /** Time before the answer begins. */
    public volatile int pauseMillis;

    /** The finish reason of the first choice; all others have stop. */
    public volatile FinishReason reason = FinishReason.STOP;

    public volatile int cachedTokens;

    /** Whether the answer has the roles. */
    public volatile boolean tellsRoles = true;

    LoopbackLlm(LlmDescription description) {
        this.description = description;
    }

    public void reset() {
        behaviour.reset();
        starts.clear();
        stallAfter = Integer.MAX_VALUE;
        failAfter = Integer.MAX_VALUE;
        pauseMillis = 0;
        reason = FinishReason.STOP;
        cachedTokens = 0;
        tellsRoles = true;
    }

    @Override
    public void describe(DescribeRequest request, StreamObserver<LlmDescription> response) {
        response.onNext(description);
        response.onCompleted();
    }

    @Override
    public StreamObserver<GenerateRequest> generate(StreamObserver<GenerateResponse> response) {
        if (!behaviour.takes(response)) {
            return Tensors.ignoring();
        }
        return new StreamObserver<>() {
            private GenerateStart start = GenerateStart.getDefaultInstance();
            private final List<ByteString> visuals = new ArrayList<>();

            @Override
            public void onNext(GenerateRequest part) {
                if (part.hasStart()) {
                    start = part.getStart();
                    starts.add(start);
                } else if (part.getVisual().hasHeader()) {
                    visuals.add(ByteString.EMPTY);
                    behaviour.producers.add(part.getVisual().getHeader().getProducer());
                } else {
                    int last = visuals.size() - 1;
                    visuals.set(last, visuals.get(last).concat(part.getVisual().getData()));
                }
            }

            @Override
            public void onError(Throwable cancelled) {}

            @Override
            public void onCompleted() {
                if (!behaviour.hang) {
                    pause();
                    answer(start, visuals, response);
                }
            }
        };
    }

    /** Every character is a token. */
    @Override
    public void tokenize(TokenizeRequest request, StreamObserver<TokenizeResponse> response) {
        if (behaviour.takes(response)) {
            TokenizeResponse.Builder tokens = TokenizeResponse.newBuilder()
                    .setProducer(description.getIdentity().getFingerprint());
            asked(request.getStart(), List.of())
                    .forEach(text -> text.codePoints()
                            .forEach(character -> tokens.addIds(character)
                                    .addPieces(ByteString.copyFromUtf8(Character.toString(character)))));
            response.onNext(tokens.build());
            response.onCompleted();
        }
    }

    @Override
    public void detokenize(DetokenizeRequest request, StreamObserver<DetokenizeResponse> response) {
        if (behaviour.takes(response)) {
            response.onNext(DetokenizeResponse.newBuilder()
                    .setProducer(description.getIdentity().getFingerprint())
                    .setText(request.getIdsList().stream()
                            .map(Character::toString)
                            .collect(Collectors.joining()))
                    .build());
            response.onCompleted();
        }
    }

    private void pause() {
        try {
            Thread.sleep(pauseMillis);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void answer(GenerateStart start, List<ByteString> visuals, StreamObserver<GenerateResponse> response) {
        response.onNext(Checksums.seal(GenerateResponse.newBuilder()
                .setQueued(GenerationQueued.newBuilder()
                        .setProducer(description.getIdentity().getFingerprint())
                        .setPromptTokens(10 + visuals.size())
                        .setVisualTokens(visuals.size()))));
        response.onNext(
                Checksums.seal(GenerateResponse.newBuilder().setStarted(GenerationStarted.getDefaultInstance())));
        int deltas = 0;
        for (String asked : asked(start, visuals)) {
            if (deltas == stallAfter) {
                return;
            }
            if (deltas++ == failAfter) {
                response.onError(new StageError(ErrorReason.INTERNAL, "a secret of the stage").toException());
                return;
            }
            for (int choice = 0; choice < start.getChoices(); choice++) {
                String text = (choice == 0 ? "" : choice + ":") + asked;
                send(delta(text, start).setChoice(choice), response);
            }
        }
        for (int choice = 0; choice < start.getChoices(); choice++) {
            FinishReason end = choice == 0 ? reason : FinishReason.STOP;
            send(TextDelta.newBuilder().setChoice(choice).setFinishReason(end), response);
        }
        response.onNext(Checksums.seal(GenerateResponse.newBuilder()
                .setFinished(GenerationFinished.newBuilder()
                        .setCompletionTokens(deltas * start.getChoices())
                        .setCachedTokens(cachedTokens)
                        .setReport(
                                GenerationReport.newBuilder().setQueueMicros(30).setNetworkMicros(3000)))));
        response.onCompleted();
    }

    private static TextDelta.Builder delta(String text, GenerateStart start) {
        TextDelta.Builder delta = TextDelta.newBuilder().setText(text).addTokenIds(7);
        if (start.hasTopLogprobs()) {
            TokenLogprob chosen = token(7, -1, ByteString.copyFromUtf8(text));
            TokenLogprob other = token(8, Float.NEGATIVE_INFINITY, ByteString.copyFrom(new byte[] {(byte) 0xc3}));
            delta.addLogprobs(TokenLogprobs.newBuilder()
                    .setChosen(chosen)
                    .addAllTop(List.of(chosen, other).subList(0, start.getTopLogprobs())));
        }
        return delta;
    }

    private static TokenLogprob token(int id, float logprob, ByteString text) {
        return TokenLogprob.newBuilder()
                .setTokenId(id)
                .setLogprob(logprob)
                .setText(text)
                .build();
    }

    private static void send(TextDelta.Builder delta, StreamObserver<GenerateResponse> response) {
        response.onNext(Checksums.seal(GenerateResponse.newBuilder().setDelta(delta)));
    }

    private List<String> asked(GenerateStart start, List<ByteString> visuals) {
        List<String> asked = new ArrayList<>();
        for (ChatMessage message : start.getConversation().getMessagesList()) {
            if (tellsRoles) {
                asked.add("(" + message.getRole() + ")");
            }
            message.getContentList().forEach(part -> asked.add(text(part, visuals)));
            message.getToolCallsList().forEach(call -> asked.add(call.getName() + call.getArguments()));
        }
        for (PromptSegment segment : start.getPromptList()) {
            asked.add(text(segment));
        }
        return asked;
    }

    private static String text(PromptSegment segment) {
        return switch (segment.getSegmentCase()) {
            case TEXT -> segment.getText();
            case MARKED_TEXT -> segment.getMarkedText();
            case TOKENS -> segment.getTokens().getIdsList().toString();
            case CONTROL -> "(" + segment.getControl() + ")";
            case VISUAL, SEGMENT_NOT_SET -> "?";
        };
    }

    private static String text(ContentPart part, List<ByteString> visuals) {
        if (!part.hasVisual()) {
            return part.getText();
        }
        ByteString visual = visuals.get(part.getVisual());
        return "[%d x %d]".formatted(visual.byteAt(visual.size() - 1), visual.size());
    }
}
