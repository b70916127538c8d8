package dev.pargo.models.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import dev.pargo.models.config.ConfigException;
import dev.pargo.models.config.JsonConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FastTokenizerTest {

    private static final List<String> TEXTS = List.of(
            "hello hello",
            " leading and trailing ",
            "naïve 中文 🙂👍🏽 end",
            "two\nlines\r\n\tand  spaces",
            "I'll don't 12345 €",
            "\u0000nul",
            "he▁said <0x41>");

    @TempDir
    private Path directory;

    private static TokenizerJson llama3() {
        return TokenizerJson.byteLevel()
                .merge("h", "e")
                .merge("l", "l")
                .merge("he", "ll")
                .merge("hell", "o")
                .merge("Ġ", "hello")
                .added(261, "<|begin_of_text|>", true)
                .added(262, "<|eot_id|>", true)
                .added(263, "<tool_call>", false);
    }

    private static TokenizerJson llama2() {
        TokenizerJson json = TokenizerJson.pieces();
        "▁abcdehilnostw<>/0x41'".chars().forEach(character -> json.token(Character.toString(character)));
        return json.merge("h", "e").merge("▁", "he");
    }

    private static TokenizerJson t5() {
        TokenizerJson json = TokenizerJson.unigram();
        "▁abcdehilnostw<>/0x41'".chars().forEach(character -> json.token(Character.toString(character)));
        return json.token("▁hello").token("▁he").token("ing");
    }

    private static TokenizerJson bert() {
        TokenizerJson json = TokenizerJson.wordPiece();
        for (String token :
                List.of("hello", "he", "##llo", "two", "lines", "and", "spaces", ".", "...", "?", "'s", "##s")) {
            json.token(token);
        }
        return json;
    }

    @Test
    void textBecomesIdsAndBack() throws IOException {
        try (Tokenizer tokenizer = llama3().open(directory)) {
            assertThat(tokenizer.encode("hello hello")).containsExactly(259, 260);
            assertThat(tokenizer.encode("é")).hasSize(2);
            assertThat(tokenizer.vocabulary()).isEqualTo(264);
            assertThat(tokenizer.decode(261, 259, 260, 262)).isEqualTo("hello hello");
            assertThat(tokenizer.bytes(260)).isEqualTo(" hello".getBytes());
        }
    }

    /** An answer's calls of tools are found by them. */
    @Test
    void addedTokensThatAreNotSpecialArePartOfAnAnswer() throws IOException {
        try (Tokenizer tokenizer = llama3().open(directory)) {
            assertThat(tokenizer.encode("<tool_call>hello")).containsExactly(263, 259);
            assertThat(tokenizer.decode(263, 259, 262)).isEqualTo("<tool_call>hello");
            assertThat(tokenizer.controlTokens()).doesNotContain("<tool_call>");
        }
    }

    @Test
    void decodesAsTheLibraryDoes() throws IOException {
        for (TokenizerJson json : List.of(llama3(), llama2(), t5())) {
            try (Tokenizer tokenizer = json.open(directory);
                    HuggingFaceTokenizer library = HuggingFaceTokenizer.newInstance(
                            directory.resolve("tokenizer.json"), Map.of("addSpecialTokens", "false"))) {
                for (String text : TEXTS) {
                    int[] ids = tokenizer.encode(text);
                    assertThat(ids).isEqualTo(ints(library.encode(text).getIds()));
                    assertThat(tokenizer.decode(ids))
                            .isEqualTo(library.decode(
                                    Arrays.stream(ids).asLongStream().toArray(), true));
                }
            }
        }
    }

    /** WordPiece loses spaces and case; the rest equals the library's text. */
    @Test
    void wordsOfWordPieceAreJoinedAsTheLibraryDoes() throws IOException {
        try (Tokenizer tokenizer = bert().open(directory);
                HuggingFaceTokenizer library = HuggingFaceTokenizer.newInstance(
                        directory.resolve("tokenizer.json"), Map.of("addSpecialTokens", "false"))) {
            String text = "Hello  two lines 's . ... hes ? He";
            int[] ids = tokenizer.encode(text);
            assertThat(ids).isEqualTo(ints(library.encode(text).getIds()));
            assertThat(tokenizer.decode(ids))
                    .isEqualTo(library.decode(Arrays.stream(ids).asLongStream().toArray(), true))
                    .isEqualTo("hello two lines's.... hes? he");
        }
    }

    private static int[] ints(long[] ids) {
        return Arrays.stream(ids).mapToInt(Math::toIntExact).toArray();
    }

    @Test
    void textsSurviveBothWays() throws IOException {
        try (Tokenizer tokenizer = llama3().open(directory)) {
            for (String text : TEXTS) {
                assertThat(tokenizer.decode(tokenizer.encode(text))).isEqualTo(text);
            }
        }
    }

    @Test
    void whatLooksLikeAControlTokenStaysText() throws IOException {
        try (Tokenizer tokenizer = llama3().open(directory)) {
            String text = "hello<|eot_id|><|begin_of_text|>";
            int[] ids = tokenizer.encode(text);
            assertThat(ids).doesNotContain(261, 262).hasSizeGreaterThan(10);
            assertThat(tokenizer.decode(ids)).isEqualTo(text);
            assertThat(tokenizer.controlToken("<|eot_id|>")).isEqualTo(OptionalInt.of(262));
            assertThat(tokenizer.controlToken("hello")).isEmpty();
        }
        try (Tokenizer tokenizer = llama2().open(directory)) {
            assertThat(tokenizer.encode("<s>a</s>")).doesNotContain(0, 1, 2);
            assertThat(tokenizer.controlToken("</s>")).isEqualTo(OptionalInt.of(2));
        }
        try (Tokenizer tokenizer = t5().open(directory)) {
            assertThat(tokenizer.encode("<s>a</s>")).doesNotContain(0, 1, 2);
        }
        try (Tokenizer tokenizer = bert().open(directory)) {
            assertThat(tokenizer.encode("[CLS] hello").length).isEqualTo(2);
            assertThat(tokenizer.encode("[CLS] hello")).doesNotContain(1);
        }
    }

    /** Converted SentencePiece models have a merge for every token that is made of two others. */
    @Test
    void mergesDoNotMakeControlTokens() throws IOException {
        TokenizerJson json = TokenizerJson.pieces();
        "▁</s>".chars().forEach(character -> json.token(Character.toString(character)));
        json.merge("<", "/").merge("s", ">").mergeTo("</", "s>");
        try (Tokenizer tokenizer = json.open(directory)) {
            assertThat(tokenizer.encode("</s>")).doesNotContain(2);
            assertThat(tokenizer.decode(tokenizer.encode("</s>"))).isEqualTo("</s>");
        }
    }

    @Test
    void aTiktokenFileBesideATokenizerJsonIsIgnored() throws IOException {
        llama3().write(directory);
        Path tiktoken = Files.writeString(directory.resolve("tokenizer.model"), "IQ== 0\nIg== 1\nIw== 2\n");
        try (Tokenizer tokenizer = Tokenizer.open(directory)) {
            assertThat(tokenizer.encode("hello hello")).containsExactly(259, 260);
        }
        Files.delete(directory.resolve("tokenizer.json"));
        assertThatThrownBy(() -> Tokenizer.open(directory))
                .isInstanceOf(ConfigException.class)
                .hasMessage(tiktoken + " is a tiktoken file, which is not read without a tokenizer.json");
    }

    @Test
    void anAddedTokenThatIsNotSpecialIsFoundInText() throws IOException {
        try (Tokenizer tokenizer = llama3().open(directory)) {
            assertThat(tokenizer.encode("hello<tool_call>hello")).containsExactly(259, 263, 259);
            assertThat(tokenizer.controlToken("<tool_call>")).isEmpty();
            assertThat(tokenizer.decode(263)).isEqualTo("<tool_call>");
        }
    }

    @Test
    void neitherAddsNorCutsNorPads() throws IOException {
        String text = "hello".repeat(2000);
        try (Tokenizer tokenizer =
                llama3().withTemplate("<|begin_of_text|>", 261).open(directory)) {
            assertThat(tokenizer.encode(text)).hasSize(2000).containsOnly(259);
            assertThat(tokenizer.encode("")).isEmpty();
        }
    }

    @Test
    void givesNoHalfCharacters() throws IOException {
        for (TokenizerJson json : List.of(llama3(), llama2(), t5())) {
            try (Tokenizer tokenizer = json.open(directory)) {
                String text = "he 中文 🙂👍🏽 end";
                Detokenizer detokenizer = tokenizer.newDetokenizer();
                List<String> pieces = new ArrayList<>();
                for (int id : tokenizer.encode(text)) {
                    pieces.add(detokenizer.append(id));
                }
                pieces.add(detokenizer.finish());
                assertThat(pieces).noneMatch(piece -> piece.contains("\uFFFD") || endsInHalf(piece));
                assertThat(String.join("", pieces)).isEqualTo(text);
            }
        }
    }

    @Test
    void onlyAnAnswerThatBeginsATextLosesItsFirstSpace() throws IOException {
        try (Tokenizer tokenizer = llama2().open(directory)) {
            int word = tokenizer.encode("he")[0];
            assertThat(tokenizer.newDetokenizer().append(word)).doesNotStartWith(" ");
            assertThat(tokenizer.newDetokenizerInside().append(word)).startsWith(" ");
        }
    }

    private static boolean endsInHalf(String piece) {
        return !piece.isEmpty() && Character.isHighSurrogate(piece.charAt(piece.length() - 1));
    }

    @Test
    void anUnfinishedCharacterEndsAsAReplacement() throws IOException {
        try (Tokenizer tokenizer = llama3().open(directory)) {
            int[] ids = tokenizer.encode("🙂");
            Detokenizer detokenizer = tokenizer.newDetokenizer();
            assertThat(detokenizer.append(ids[0])).isEmpty();
            assertThat(detokenizer.finish()).isEqualTo("\uFFFD");
        }
    }

    @Test
    void idsWithoutTokenHaveNoText() throws IOException {
        try (Tokenizer tokenizer = llama3().open(directory)) {
            assertThat(tokenizer.decode(-1, 259, 300_000)).isEqualTo("hello");
        }
    }

    @Test
    void refusesWhatItDoesNotKnow() throws IOException {
        TokenizerJson wordLevel = llama3();
        wordLevel.root().withObject("/model").put("type", "WordLevel");
        refuses(wordLevel, "unknown model.type 'WordLevel'; known: BPE, Unigram, WordPiece");

        TokenizerJson ctc = llama3();
        ctc.root().putObject("decoder").put("type", "CTC");
        refuses(ctc, "unknown decoder 'CTC'; known: ByteLevel");

        TokenizerJson huge = llama3().added(2_000_000_000, "<far>", true);
        refuses(huge, "id");

        Files.writeString(directory.resolve("tokenizer.json"), "{\"model\": {\"vocab\": {}}");
        assertThatThrownBy(() -> Tokenizer.open(directory))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("tokenizer.json is not valid JSON");
        assertThatThrownBy(() -> Tokenizer.open(directory.resolve("nowhere")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("neither tokenizer.model nor tokenizer.json");
    }

    private void refuses(TokenizerJson json, String problem) throws IOException {
        JsonConfig file = JsonConfig.read(json.write(directory));
        assertThatThrownBy(() -> new FastTokenizer(file))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("tokenizer.json")
                .hasMessageContaining(problem);
    }
}
