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

    private static final Tokenizer TOKENIZER =
            new SentencePieceTokenizer(Path.of("src/test/fixtures/tokenizer/bpe_prefix.model"), Map.of());

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

    @Test
    void refusesAFileThatIsNoModel(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("tokenizer.model"), "no model at all");
        assertThatThrownBy(() -> new SentencePieceTokenizer(file, Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(file.toString());
    }
}
