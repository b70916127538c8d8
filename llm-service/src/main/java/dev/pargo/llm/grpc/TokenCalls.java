package dev.pargo.llm.grpc;

import com.google.protobuf.ByteString;
import dev.pargo.models.llm.PromptPart;
import dev.pargo.models.tokenizer.Tokenizer;
import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.StageError;
import dev.pargo.proto.v1.DetokenizeRequest;
import dev.pargo.proto.v1.DetokenizeResponse;
import dev.pargo.proto.v1.TokenizeRequest;
import dev.pargo.proto.v1.TokenizeResponse;
import dev.pargo.stage.call.ServedCall;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Converts prompts to tokens and tokens to text, as {@code Generate} does, on the threads that prepare requests. Input
 * that is too long for a prompt is refused.
 */
final class TokenCalls {

    private final LlmHost host;
    private final Map<Integer, String> controls = new HashMap<>();

    TokenCalls(LlmHost host) {
        this.host = host;
        Tokenizer tokenizer = host.tokenizer();
        tokenizer
                .controlTokens()
                .forEach(piece -> controls.put(tokenizer.controlToken(piece).orElseThrow(), piece));
    }

    /** To be called before the service method returns. */
    void tokenize(TokenizeRequest request, ServerCallStreamObserver<TokenizeResponse> out) {
        ServedCall<TokenizeResponse> call = new ServedCall<>(out, host.calls());
        call.attempt(() -> {
            // Generate refuses the same prompts, with the same message.
            call.admit(RequestSize.check(request.getStart(), host.description()));
            prepare(call, request.getSerializedSize(), () -> tokens(request));
        });
    }

    /** To be called before the service method returns. */
    void detokenize(DetokenizeRequest request, ServerCallStreamObserver<DetokenizeResponse> out) {
        ServedCall<DetokenizeResponse> call = new ServedCall<>(out, host.calls());
        call.attempt(() -> {
            check(request.getIdsList());
            call.admit(request.getSerializedSize());
            prepare(
                    call,
                    request.getSerializedSize(),
                    () -> DetokenizeResponse.newBuilder()
                            .setProducer(producer())
                            .setText(text(request.getIdsList()))
                            .build());
        });
    }

    private <R> void prepare(ServedCall<R> call, int size, Supplier<R> work) {
        call.completeRequest();
        host.preparation().run(call, size, () -> call.answer(new OneMessage<>(work.get())));
    }

    private TokenizeResponse tokens(TokenizeRequest request) {
        int[] ids =
                host
                        .prompts()
                        .read(request.getStart(), List.of(), host.description().getContextTokens() - 1)
                        .stream()
                        .flatMapToInt(part -> IntStream.of(((PromptPart.Tokens) part).ids()))
                        .toArray();
        TokenizeResponse.Builder response = TokenizeResponse.newBuilder().setProducer(producer());
        for (int id : ids) {
            String control = controls.get(id);
            response.addIds(id);
            response.addPieces(
                    control == null
                            ? ByteString.copyFrom(host.tokenizer().bytes(id))
                            : ByteString.copyFromUtf8(control));
        }
        return response.build();
    }

    private void check(List<Integer> ids) {
        int most = host.description().getContextTokens();
        if (ids.size() > most) {
            throw refusal("tokens has %d ids, the limit is %d".formatted(ids.size(), most));
        }
        int vocabulary = host.description().getVocabulary();
        for (int id : ids) {
            if (id < 0 || id >= vocabulary) {
                throw refusal("tokens has the id %d, but the ids are 0 to %d".formatted(id, vocabulary - 1));
            }
        }
    }

    /** Text between control tokens is converted in one piece, because tokens may split characters. */
    private String text(List<Integer> ids) {
        StringBuilder text = new StringBuilder();
        int from = 0;
        for (int at = 0; at <= ids.size(); at++) {
            String control = at == ids.size() ? "" : controls.get(ids.get(at));
            if (control != null) {
                text.append(host.tokenizer()
                                .decode(ids.subList(from, at).stream()
                                        .mapToInt(Integer::intValue)
                                        .toArray()))
                        .append(control);
                from = at + 1;
            }
        }
        return text.toString();
    }

    private String producer() {
        return host.description().getIdentity().getFingerprint();
    }

    private static RuntimeException refusal(String message) {
        return new StageError(ErrorReason.INVALID_FIELD, message).toException();
    }
}
