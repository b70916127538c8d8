package dev.pargo.models.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pargo.models.config.ConfigException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
    private static final Tokenizer TOKENIZER = new SentencePieceTokenizer(MODEL, Map.of(), false);

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
    void onlyAnAnswerThatBeginsATextLosesItsFirstSpace() {
        int word = TOKENIZER.encode("the")[0];
        assertThat(TOKENIZER.newDetokenizer().append(word)).isEqualTo("the");
        assertThat(TOKENIZER.newDetokenizerInside().append(word)).isEqualTo(" the");
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

    /** InternLM2 gives unused pieces names such as {@code <|im_start|>}; LLaVA adds ids after the model's. */
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
        assertThatThrownBy(() -> new SentencePieceTokenizer(file, Map.of(), false))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(file.toString());
    }

    /** InternLM2's published model has such a piece. */
    @Test
    void aPieceMayBeANulByte(@TempDir Path directory) throws IOException {
        Path file = withPiece(directory, "\0", NORMAL);
        try (Tokenizer tokenizer = new SentencePieceTokenizer(file, Map.of(), false)) {
            int nul = tokenizer.vocabulary() - 1;
            assertThat(tokenizer.encode("a\0b")).contains(nul);
            assertThat(tokenizer.decode(tokenizer.encode("a\0b"))).isEqualTo("a\0b");
        }
    }

    /** In C, a user-defined piece that begins with a NUL byte is an empty string (CVE-2026-1260). */
    @Test
    void aUserDefinedPieceWithANulByteIsOneOfMany(@TempDir Path directory) throws IOException {
        Path file = withPiece(directory, "\0\0x", USER_DEFINED);
        try (Tokenizer tokenizer = new SentencePieceTokenizer(file, Map.of(), false)) {
            assertThat(tokenizer.encode("\0\0x")).endsWith(tokenizer.vocabulary() - 1);
            assertThat(tokenizer.decode(tokenizer.encode("dog \0"))).isEqualTo("dog \0");
        }
    }

    @Test
    void refusesAPieceThatIsTooLong(@TempDir Path directory) throws IOException {
        Path file = withPiece(directory, "x".repeat(100_000), NORMAL);
        assertThatThrownBy(() -> new SentencePieceTokenizer(file, Map.of(), false))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("has 100000 characters, not 1 to 1024");
    }

    @Test
    void refusesAModelWithTwoUnknownTokens(@TempDir Path directory) throws IOException {
        Path file = withPiece(directory, "<unk2>", UNKNOWN);
        assertThatThrownBy(() -> new SentencePieceTokenizer(file, Map.of(), false))
                .isInstanceOf(ConfigException.class);
    }

    /** Every seventh byte of a model is changed. The result is a tokenizer or a clear refusal. */
    @Test
    void aDamagedModelDoesNoHarm(@TempDir Path directory) throws IOException {
        byte[] model = Files.readAllBytes(Path.of("src/test/fixtures/sentencepiece/unigram_rules.model"));
        Path file = directory.resolve("tokenizer.model");
        for (int at = 0; at < model.length; at += 7) {
            byte[] damaged = model.clone();
            damaged[at] ^= (byte) (1 + at % 255);
            Files.write(file, damaged);
            try (Tokenizer tokenizer = new SentencePieceTokenizer(file, Map.of(), false)) {
                assertThat(tokenizer.encode("Is ﬁve a\tnumber? 🙂 PARGO")).isNotEmpty();
            } catch (ConfigException refused) {
                assertThat(refused).hasMessageContaining(file.toString());
            }
        }
    }

    private static final int NORMAL = 1;
    private static final int UNKNOWN = 2;
    private static final int USER_DEFINED = 4;

    /** The model with one more piece: field 1 of the file, its text in field 1, its score in 2, its type in 3. */
    private static Path withPiece(Path directory, String text, int type) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream piece = new ByteArrayOutputStream();
        piece.write(1 << 3 | 2);
        writeVarint(piece, bytes.length);
        piece.writeBytes(bytes);
        piece.writeBytes(new byte[] {2 << 3 | 5, 0, 0, 0, 0, 3 << 3, (byte) type});
        ByteArrayOutputStream model = new ByteArrayOutputStream();
        model.writeBytes(Files.readAllBytes(MODEL));
        model.write(1 << 3 | 2);
        writeVarint(model, piece.size());
        model.writeBytes(piece.toByteArray());
        return Files.write(directory.resolve("tokenizer.model"), model.toByteArray());
    }

    private static void writeVarint(ByteArrayOutputStream out, int value) {
        for (int rest = value; ; rest >>>= 7) {
            if (rest < 0x80) {
                out.write(rest);
                return;
            }
            out.write(rest & 0x7F | 0x80);
        }
    }
}
