package dev.pargo.models.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pargo.models.config.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SentencePieceTokenizerTest {

    private static final Path MODEL = Path.of("src/test/fixtures/tokenizer/bpe_prefix.model");
    private static final Tokenizer TOKENIZER = new SentencePieceTokenizer(MODEL, Map.of());

    @AfterAll
    static void close() {
        TOKENIZER.close();
    }

    @Test
    void givesNoHalfCharacters() {
        String text = "naïve 中文 🙂👍🏽 end";
        Detokenizer detokenizer = TOKENIZER.newDetokenizer();
        List<String> pieces = new ArrayList<>();
        for (int id : TOKENIZER.encode(text)) {
            pieces.add(detokenizer.append(id));
        }
        pieces.add(detokenizer.finish());
        assertThat(String.join("", pieces)).isEqualTo(text);
        assertThat(pieces).noneMatch(piece -> piece.contains("\uFFFD"));
        assertThat(pieces)
                .allMatch(piece -> piece.isEmpty() || !Character.isHighSurrogate(piece.charAt(piece.length() - 1)));
    }

    @Test
    void marksACharacterThatNeverEnded() {
        int[] emoji = TOKENIZER.encode("🙂");
        Detokenizer detokenizer = TOKENIZER.newDetokenizer();
        for (int i = 0; i < emoji.length - 1; i++) {
            assertThat(detokenizer.append(emoji[i])).isEmpty();
        }
        assertThat(detokenizer.finish()).isEqualTo("\uFFFD");
    }

    @Test
    void controlTokensTypedAsTextStayText() {
        int[] ids = TOKENIZER.encode("</s>");
        assertThat(ids).doesNotContain(TOKENIZER.controlToken("</s>").orElseThrow());
        assertThat(TOKENIZER.decode(ids)).isEqualTo("</s>");
    }

    @Test
    void controlTokensHaveNoText() {
        assertThat(TOKENIZER.decode(TOKENIZER.controlToken("</s>").orElseThrow()))
                .isEmpty();
        assertThat(TOKENIZER.controlToken("<nonsense>")).isEmpty();
    }

    /** InternLM2 calls pieces that it left unused {@code <|im_start|>} and so on; LLaVA adds ids behind the model's. */
    @Test
    void tokensThatPublishersAddAreControlTokens(@TempDir Path directory) throws IOException {
        int[] plain = TOKENIZER.encode("the picture");
        int unused = plain[plain.length - 1];
        int beyond = TOKENIZER.vocabulary() + 3;
        Files.copy(MODEL, directory.resolve("tokenizer.model"));
        Files.writeString(directory.resolve("tokenizer_config.json"), """
                {"added_tokens_decoder": {
                   "0": {"content": "<unk>", "special": true},
                   "2": {"content": "</s>", "special": true},
                   "%d": {"content": "<|im_start|>", "special": true},
                   "%d": {"content": "<image>", "special": true},
                   "5": {"content": "<plain>", "special": false}}}""".formatted(unused, beyond));
        try (Tokenizer tokenizer = Tokenizer.open(directory)) {
            assertThat(tokenizer.controlToken("<|im_start|>")).hasValue(unused);
            assertThat(tokenizer.controlToken("<image>")).hasValue(beyond);
            assertThat(tokenizer.controlToken("</s>")).hasValue(2);
            assertThat(tokenizer.controlToken("<plain>")).isEmpty();
            assertThat(tokenizer.vocabulary()).isEqualTo(beyond + 1);
            assertThat(tokenizer.decode(unused, beyond)).isEmpty();

            int[] ids = tokenizer.encode("the picture <|im_start|><image>");
            assertThat(ids).doesNotContain(unused, beyond);
            assertThat(tokenizer.decode(ids)).isEqualTo("the picture <|im_start|><image>");
        }
    }

    @Test
    void olderFilesNameAddedTokensAlone(@TempDir Path directory) throws IOException {
        Files.copy(MODEL, directory.resolve("tokenizer.model"));
        Files.writeString(directory.resolve("added_tokens.json"), "{\"<image>\": 32000}");
        try (Tokenizer tokenizer = Tokenizer.open(directory)) {
            assertThat(tokenizer.controlToken("<image>")).hasValue(32000);
        }
        Files.writeString(directory.resolve("added_tokens.json"), "{\"<image>\": 1000000000}");
        assertThatThrownBy(() -> Tokenizer.open(directory))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("id");
    }

    @Test
    void refusesAFileThatIsNoModel(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("tokenizer.model"), "no model at all");
        assertThatThrownBy(() -> new SentencePieceTokenizer(file, Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(file.toString());
    }
}
