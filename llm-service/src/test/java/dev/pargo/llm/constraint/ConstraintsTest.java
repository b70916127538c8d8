package dev.pargo.llm.constraint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pargo.llm.constraint.grammar.GrammarAutomaton;
import dev.pargo.llm.constraint.schema.JsonSchema;
import dev.pargo.models.tokenizer.Detokenizer;
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
import java.util.function.Supplier;
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

    /** A tokenizer is opened by its directory, but the fixtures have several tokenizers in one directory. */
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

    @Test
    void whateverEndsIsOneJsonObject() {
        for (Tokenizer tokenizer : List.of(PARGO_MINI, ByteTokenizer.random(4_000, 1))) {
            Constraints constraints = new Constraints(tokenizer);
            Random random = new Random(5);
            int ended = 0;
            for (int i = 0; i < 500; i++) {
                String text =
                        RandomAnswer.write(constraints.of(JSON_OBJECT, false).get(), tokenizer, random, 200);
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
        TokenMasks masks = new TokenMasks(tokenizer);
        GrammarAutomaton.State start = new GrammarAutomaton(JsonSchema.anyObject(masks.spellable())).start();
        Random random = new Random(6);
        for (int i = 0; i < 20; i++) {
            GrammarAutomaton.State state = start;
            for (int step = 0; step < 30 && !state.isFinal(); step++) {
                BitSet want = new BitSet();
                for (int id = 0; id < tokenizer.vocabulary(); id++) {
                    want.set(id, Octets.read(state, tokenizer.bytes(id)) != null);
                }
                BitSet got = masks.allowed(state);
                assertThat(got).isEqualTo(want);
                int id = got.stream().toArray()[random.nextInt(got.cardinality())];
                state = Octets.read(state, tokenizer.bytes(id));
            }
        }
    }

    @Test
    void aVocabularyThatCannotWriteJsonIsRefused() {
        Tokenizer letters = new ByteTokenizer(
                "abc}\"".chars().mapToObj(letter -> new byte[] {(byte) letter}).toList());
        assertRefused(new Constraints(letters), JSON_OBJECT, "no value");
    }

    @Test
    void aTokenThatWasNotAllowedIsRefused() {
        TokenConstraint constraint = new Constraints(ByteTokenizer.random(300, 1))
                .of(JSON_OBJECT, false)
                .get();
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
                    written.add(RandomAnswer.write(
                            constraints.of(oneOf(choices), false).get(), tokenizer, random, 100));
                }
                assertThat(written).containsOnly(choices).contains(choices);
            }
        }
    }

    @Test
    void anAnswerThatGoesOnWithATextHasNoSpaceThatItsFormatHasNot() {
        AnswerFormat regex =
                AnswerFormat.newBuilder().setRegex("[a-z]{3}( [a-z]{2})?").build();
        Constraints constraints = new Constraints(PARGO_MINI);
        Random random = new Random(8);
        List<String> chosen = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            chosen.add(goingOn(constraints.of(oneOf("red", " gray", "red and gray"), true), random));
            assertThat(goingOn(constraints.of(regex, true), random)).matches("[a-z]{3}( [a-z]{2})?");
        }
        assertThat(chosen).containsOnly("red", " gray", "red and gray").contains("red", " gray", "red and gray");
    }

    private static String goingOn(Supplier<TokenConstraint> constraint, Random random) {
        Detokenizer text = PARGO_MINI.newDetokenizerInside();
        StringBuilder answer = new StringBuilder();
        for (int id : RandomAnswer.tokens(constraint.get(), PARGO_MINI, random, 100)) {
            answer.append(text.append(id));
        }
        return answer.append(text.finish()).toString();
    }

    @Test
    void aChoiceThatBeginsAnotherMayEndOrGoOn() {
        TokenConstraint constraint = new Constraints(ByteTokenizer.random(256, 1))
                .of(oneOf("ab", "abc"), false)
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
        // SentencePiece's symbol for a space is decoded to a space.
        assertRefused(constraints, oneOf("a\u2581b"), "format.one_of[0]");
        assertRefused(constraints, AnswerFormat.getDefaultInstance(), "one_of, json_object, json_schema or regex");
    }

    private static void assertRefused(Constraints constraints, AnswerFormat format, String message) {
        assertThatThrownBy(() -> constraints.of(format, false)).satisfies(failure -> {
            StageError error = StageError.of(failure).orElseThrow();
            assertThat(error.reason()).isEqualTo(ErrorReason.INVALID_FIELD);
            assertThat(error.message()).contains(message);
        });
    }
}
