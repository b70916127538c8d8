package dev.pargo.llm.constraint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pargo.models.tokenizer.Tokenizer;
import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.StageError;
import dev.pargo.proto.v1.AnswerFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class ConstraintsTest {

    private static final Path FIXTURES = Path.of(System.getProperty("pargo.fixtures", "../models/src/test/fixtures"));
    private static final AnswerFormat JSON_OBJECT =
            AnswerFormat.newBuilder().setJsonObject(true).build();

    private static final Tokenizer PARGO_MINI = Tokenizer.open(Path.of("../bundle/pargo-mini/llm"));

    @AfterAll
    static void close() {
        PARGO_MINI.close();
    }

    /** A tokenizer is opened by its directory; the fixtures keep several in one. */
    private static Tokenizer open(Path directory, String model) throws IOException {
        Path own = Files.createDirectory(directory.resolve(model));
        Files.copy(FIXTURES.resolve("tokenizer").resolve(model), own.resolve("tokenizer.model"));
        return Tokenizer.open(own);
    }

    private static AnswerFormat oneOf(String... strings) {
        return AnswerFormat.newBuilder()
                .setOneOf(AnswerFormat.Choices.newBuilder().addAllStrings(List.of(strings)))
                .build();
    }

    /** Writes as a model with random logits would; null if the answer has not ended in time. */
    private static String write(TokenConstraint constraint, Tokenizer tokenizer, Random random, int most) {
        List<Integer> ids = new ArrayList<>();
        while (ids.size() < most) {
            BitSet allowed = constraint.allowed();
            if (allowed.isEmpty() || constraint.mayEnd() && random.nextInt(4) == 0) {
                assertThat(constraint.mayEnd()).isTrue();
                return tokenizer.decode(ids.stream().mapToInt(i -> i).toArray());
            }
            // Short tokens, those with signs among them, come often: otherwise strings would hardly ever end.
            int[] candidates = allowed.stream().toArray();
            int[] brief = IntStream.of(candidates)
                    .filter(id -> tokenizer.bytes(id).length == 1
                            && "{}[]:,\"019tfn".indexOf(tokenizer.bytes(id)[0]) >= 0)
                    .toArray();
            int[] from = brief.length > 0 && random.nextBoolean() ? brief : candidates;
            int id = from[random.nextInt(from.length)];
            constraint.accept(id);
            ids.add(id);
        }
        return null;
    }

    @Test
    void whateverEndsIsOneJsonObject() {
        for (Tokenizer tokenizer : List.of(PARGO_MINI, ByteTokenizer.random(4_000, 1))) {
            Constraints constraints = new Constraints(tokenizer);
            Random random = new Random(5);
            int ended = 0;
            for (int i = 0; i < 500; i++) {
                String text = write(constraints.of(JSON_OBJECT).get(), tokenizer, random, 200);
                if (text != null) {
                    ended++;
                    assertThat(new JsonMapper().readTree(text).isObject())
                            .as(text)
                            .isTrue();
                }
            }
            assertThat(ended).isGreaterThan(100);
        }
    }

    @Test
    void allowsExactlyTheTokensWhoseBytesFit() {
        Tokenizer tokenizer = ByteTokenizer.random(3_000, 2);
        JsonTokens tokens = new JsonTokens(tokenizer);
        Random random = new Random(6);
        for (int i = 0; i < 20; i++) {
            long state = JsonAutomaton.START;
            for (int step = 0; step < 30 && !JsonAutomaton.isEnd(state); step++) {
                BitSet want = new BitSet();
                for (int id = 0; id < tokenizer.vocabulary(); id++) {
                    want.set(id, tokens.next(state, id) >= 0);
                }
                BitSet got = tokens.allowed(state);
                assertThat(got).isEqualTo(want);
                state = tokens.next(state, got.stream().toArray()[random.nextInt(got.cardinality())]);
            }
        }
    }

    @Test
    void aVocabularyThatCannotWriteJsonIsRefused() {
        Tokenizer letters = new ByteTokenizer(
                "abc{}\"".chars().mapToObj(letter -> new byte[] {(byte) letter}).toList());
        assertRefused(new Constraints(letters), JSON_OBJECT, "cannot write JSON");
    }

    @Test
    void aTokenThatWasNotAllowedIsRefused() {
        TokenConstraint constraint =
                new Constraints(ByteTokenizer.random(300, 1)).of(JSON_OBJECT).get();
        assertThatThrownBy(() -> constraint.accept('x')).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void anAnswerIsExactlyOneOfTheChoices(@TempDir Path directory) throws Exception {
        String[] choices = {
            "yes",
            "yes, it is",
            "Yes",
            " leading space",
            "two  spaces",
            "no",
            "nothing at all",
            "caf\u00e9",
            "\uD83D\uDE00",
            "line\nbreak",
            "The quick brown fox jumps."
        };
        try (Tokenizer prefix = open(directory, "bpe_prefix.model");
                Tokenizer noPrefix = open(directory, "bpe_noprefix.model")) {
            for (Tokenizer tokenizer : List.of(PARGO_MINI, prefix, noPrefix, ByteTokenizer.random(300, 1))) {
                Constraints constraints = new Constraints(tokenizer);
                List<String> written = new ArrayList<>();
                Random random = new Random(7);
                for (int i = 0; i < 400; i++) {
                    written.add(write(constraints.of(oneOf(choices)).get(), tokenizer, random, 100));
                }
                assertThat(written).containsOnly(choices).contains(choices);
            }
        }
    }

    @Test
    void aChoiceThatBeginsAnotherMayEndOrGoOn() {
        TokenConstraint constraint = new Constraints(ByteTokenizer.random(256, 1))
                .of(oneOf("ab", "abc"))
                .get();
        constraint.accept('a');
        assertThat(constraint.mayEnd()).isFalse();
        constraint.accept('b');
        assertThat(constraint.mayEnd()).isTrue();
        assertThat(constraint.allowed().stream()).containsExactly((int) 'c');
        constraint.accept('c');
        assertThat(constraint.mayEnd()).isTrue();
        assertThat(constraint.allowed().isEmpty()).isTrue();
    }

    @Test
    void choicesThatCannotBeWrittenAreRefused() {
        Constraints constraints = new Constraints(PARGO_MINI);
        assertRefused(constraints, oneOf(), "at least one string");
        assertRefused(constraints, oneOf("a", ""), "format.one_of[1]");
        // The sign that SentencePiece writes spaces with comes back as a space.
        assertRefused(constraints, oneOf("a\u2581b"), "format.one_of[0]");
        assertRefused(constraints, AnswerFormat.getDefaultInstance(), "one_of or json_object");
    }

    private static void assertRefused(Constraints constraints, AnswerFormat format, String message) {
        assertThatThrownBy(() -> constraints.of(format)).satisfies(failure -> {
            StageError error = StageError.of(failure).orElseThrow();
            assertThat(error.reason()).isEqualTo(ErrorReason.INVALID_FIELD);
            assertThat(error.message()).contains(message);
        });
    }
}
