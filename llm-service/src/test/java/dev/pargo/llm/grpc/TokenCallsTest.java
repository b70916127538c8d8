package dev.pargo.llm.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.pargo.proto.v1.DetokenizeRequest;
import dev.pargo.proto.v1.GenerateStart;
import dev.pargo.proto.v1.PromptSegment;
import dev.pargo.proto.v1.TokenIds;
import dev.pargo.proto.v1.TokenizeRequest;
import dev.pargo.proto.v1.TokenizeResponse;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Prompts as tokens, and tokens as text. */
class TokenCallsTest extends RunningLlmService {

    private static final String TEXT = "What does the text say? Zé 😀";

    @Test
    void tokensOfATextSayTheText() throws Exception {
        TokenizeResponse tokens = tokenize(PromptSegment.newBuilder().setText(TEXT));

        assertThat(tokens.getIdsList())
                .containsExactlyElementsOf(
                        Arrays.stream(host.tokenizer().encode(TEXT)).boxed().toList());
        assertThat(text(tokens.getIdsList())).isEqualTo(TEXT);
        assertThat(tokens.getPiecesList().stream()
                        .reduce(ByteString.EMPTY, ByteString::concat)
                        .toStringUtf8())
                .contains("Zé 😀");
    }

    @Test
    void controlTokensAreRecognisedInMarkedTextOnly() throws Exception {
        TokenizeResponse marked = tokenize(PromptSegment.newBuilder().setMarkedText("<s>a</s>"));
        TokenizeResponse plain = tokenize(PromptSegment.newBuilder().setText("<s>a</s>"));

        int first = host.tokenizer().controlToken("<s>").orElseThrow();
        assertThat(marked.getIds(0)).isEqualTo(first);
        assertThat(marked.getPieces(0).toStringUtf8()).isEqualTo("<s>");
        assertThat(plain.getIdsList()).doesNotContain(first);
        assertThat(text(marked.getIdsList())).isEqualTo("<s>a</s>");
        assertThat(text(plain.getIdsList())).isEqualTo("<s>a</s>");
    }

    @Test
    void aPromptOfTokensIsAnsweredAsItsTextIs() throws Exception {
        List<Integer> ids = tokenize(PromptSegment.newBuilder().setMarkedText("<s>Hello there"))
                .getIdsList();
        GenerateStart tokens = GenerateStart.newBuilder()
                .addPrompt(PromptSegment.newBuilder()
                        .setTokens(TokenIds.newBuilder().addAllIds(ids)))
                .setMaxTokens(8)
                .build();

        assertThat(ask(tokens).ids())
                .isEqualTo(ask(text("Hello there").setMaxTokens(8).build()).ids());
    }

    @Test
    void idsBeyondTheVocabularyAreRefused() {
        int beyond = description.getVocabulary();

        assertThatThrownBy(() -> tokenize(PromptSegment.newBuilder()
                        .setTokens(TokenIds.newBuilder().addIds(beyond))))
                .hasMessageContaining("the prompt has the token " + beyond);
        assertThatThrownBy(() -> text(List.of(beyond))).hasMessageContaining("tokens has the id " + beyond);
        assertThatThrownBy(() -> text(Collections.nCopies(10_000, 1)))
                .hasMessageContaining("tokens has 10000 ids, the limit is 512");
    }

    @Test
    void promptsThatAreTooLongAreRefused() {
        assertThatThrownBy(() -> tokenize(PromptSegment.newBuilder().setText("word ".repeat(1000))))
                .hasMessageContaining("the limit is 511");
    }

    private TokenizeResponse tokenize(PromptSegment.Builder... segments) throws Exception {
        return stub.tokenize(TokenizeRequest.newBuilder()
                .setStart(GenerateStart.newBuilder()
                        .addAllPrompt(Arrays.stream(segments)
                                .map(PromptSegment.Builder::build)
                                .toList()))
                .build());
    }

    private String text(List<Integer> ids) throws Exception {
        return stub.detokenize(DetokenizeRequest.newBuilder().addAllIds(ids).build())
                .getText();
    }
}
