package dev.pargo.evaluation.question;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MatchTest {

    @ParameterizedTest
    @CsvSource({
        "EXACT, Diamond., diamond, true",
        "EXACT, ' a  red cross ', A red cross., true",
        "EXACT, a diamond, diamond, false",
        "YES_NO, 'Yes, it is.', yes, true",
        "YES_NO, I know nothing, no, false",
        "YES_NO, 'Well, no. Yes.', No., true",
        "YES_NO, perhaps, no, false",
        "CONTAINS, It is a green diamond., DIAMOND, true",
        "CONTAINS, It is green., diamond, false"
    })
    void compares(Match match, String answer, String expected, boolean right) {
        assertThat(match.isRight(answer, List.of(expected))).isEqualTo(right);
        assertThat(match.isRight(answer, List.of("something else", expected))).isEqualTo(right);
    }
}
