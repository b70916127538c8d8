package dev.pargo.llm.constraint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pargo.llm.constraint.language.FormatException;
import dev.pargo.llm.constraint.language.Language;
import dev.pargo.llm.constraint.language.Regex;
import dev.pargo.models.tokenizer.Tokenizer;
import dev.pargo.proto.v1.AnswerFormat;
import java.util.Random;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Regular expressions, against Java's. */
class RegexTest {

    private static final Tokenizer TOKENIZER = ByteTokenizer.random(3_000, 4);
    private static final Constraints CONSTRAINTS = new Constraints(TOKENIZER);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a|bc|",
                "(?:ab){2,4}c?",
                "[^a-z]{1,3}[x\\-\\]]",
                "\\d{3}-\\d{2,}",
                "[\\w.]{1,9}@\\w{1,9}\\.[a-z]{2,3}",
                "(?<year>19|20)\\d\\d",
                "\\S\\s\\S",
                ".{0,4}",
                "caf\u00e9|\u20ac+|\\u00df{2}|\\x41",
                "a*?b+?c??",
                "\\{\\}\\(\\)\\[\\]\\\\\\^\\$\\.\\|\\?\\*\\+",
                "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}",
                "(a(b(c)?)*)+"
            })
    void whateverEndsMatches(String regex) {
        Supplier<TokenConstraint> constraint =
                CONSTRAINTS.of(AnswerFormat.newBuilder().setRegex(regex).build(), false);
        Pattern pattern = Pattern.compile(regex);
        Random random = new Random(regex.hashCode());
        int ended = 0;
        for (int i = 0; i < 100; i++) {
            String text = RandomAnswer.write(constraint.get(), TOKENIZER, random, 100);
            if (text != null) {
                ended++;
                assertThat(text).matches(pattern);
            }
        }
        assertThat(ended).isGreaterThan(20);
    }

    @Test
    void searchesWhereThereIsNoAnchor() {
        Language language = Regex.search("^ab|cd$|e");
        for (String match : new String[] {"ab", "abx", "cd", "xcd", "e", "xex"}) {
            assertThat(language.contains(match)).as(match).isTrue();
        }
        for (String other : new String[] {"", "xab", "cdx", "a"}) {
            assertThat(language.contains(other)).as(other).isFalse();
        }
        assertThat(Regex.search("^a$").contains("a\n")).isFalse();
        assertThat(Regex.search("").contains("anything")).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "(a; lacks a )",
                "a); has an unmatched )",
                "a**; has a quantifier on a quantifier",
                "a{3,2}; has a quantifier with its numbers out of order",
                "a{20000}; repeats more than 10000 times",
                "(?i)a; has look-around or flags",
                "(?<!a)b; has look-around or flags",
                "a\\bc; has \\b, which is not supported",
                "\\p{L}; has \\p, which is not supported",
                "(^a); has an anchor inside an alternative",
                "a$b; has $ before the end",
                "[z-a]; has a range",
                "[a; ends too early",
                "\\x4; ends too early",
                "((((a{90}){90}){90}){90}); is too complex",
            })
    void refusesWithTheReason(String regex, String message) {
        assertThatThrownBy(() -> Regex.fullMatch(regex))
                .isInstanceOf(FormatException.class)
                .hasMessageStartingWith(message);
    }
}
