package dev.pargo.llm.engine;

import static dev.pargo.llm.engine.PargoMini.DESCRIBE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.pargo.models.llm.KvCache;
import dev.pargo.models.llm.PromptPart;
import dev.pargo.models.tensor.HostTensor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A common beginning of prompts is read once, and the answers are the same as if each prompt had been read completely.
 */
class PrefixReuseTest {

    private static final String WHERE = "Please describe where the gray crescent is.";

    private static int common(List<PromptPart> a, List<PromptPart> b) {
        return Math.min(Arrays.mismatch(PromptKeys.of(a), PromptKeys.of(b)), PromptKeys.of(b).length - 1);
    }

    /** The answer of a new engine. */
    private static List<Integer> alone(Asked asked) {
        try (PargoMini mini = PargoMini.withSequences(1)) {
            CollectedAnswer answer = mini.submit(asked);
            assertThat(answer.summary().cachedTokens()).isZero();
            return answer.ids();
        }
    }

    @Test
    void theSecondQuestionOnAPictureReadsOnlyTheQuestion() {
        List<PromptPart> first = PargoMini.aboutImage(1, DESCRIBE);
        List<PromptPart> second = PargoMini.aboutImage(1, WHERE);
        try (PargoMini mini = PargoMini.withSequences(2)) {
            assertThat(mini.submit(Asked.of(first)).summary().cachedTokens()).isZero();
            CollectedAnswer answer = mini.submit(Asked.of(second));
            assertThat(answer.summary().cachedTokens())
                    .isEqualTo(common(first, second))
                    .isGreaterThan(80);
            assertThat(answer.ids()).isEqualTo(alone(Asked.of(second)));
            // The same question once more: all but the last position, whose logits are needed.
            CollectedAnswer again = mini.submit(Asked.of(first));
            assertThat(again.summary().cachedTokens()).isEqualTo(PromptKeys.of(first).length - 1);
            assertThat(again.ids()).isEqualTo(alone(Asked.of(first)));
        }
    }

    @Test
    void theNextTurnReadsOnlyWhatIsNew() {
        List<PromptPart> first = PargoMini.aboutImage(1, DESCRIBE);
        try (PargoMini mini = PargoMini.withSequences(2)) {
            List<Integer> answer = mini.submit(Asked.of(first)).ids();
            List<Integer> added = new ArrayList<>(answer.subList(0, answer.size() - 1));
            Arrays.stream(PargoMini.TOKENIZER.encode(" USER: And the pentagon?\nASSISTANT: "))
                    .forEach(added::add);
            Asked next = Asked.of(PargoMini.continued(first, added));
            CollectedAnswer second = mini.submit(next);
            assertThat(second.summary().cachedTokens()).isEqualTo(PromptKeys.of(first).length + answer.size() - 1);
            assertThat(second.ids()).isEqualTo(alone(next));
        }
    }

    @Test
    void aRunningRequestsPromptIsReused() throws Exception {
        List<PromptPart> first = PargoMini.aboutImage(1, DESCRIBE);
        List<PromptPart> second = PargoMini.aboutImage(1, WHERE);
        try (PargoMini mini = PargoMini.withSequences(2)) {
            Standstill still = new Standstill();
            CollectedAnswer running = mini.submit(Asked.of(first).endless(60), still);
            still.begun();
            CollectedAnswer answer = mini.submit(Asked.of(second).tokens(0, 3));
            still.end();
            assertThat(answer.summary().cachedTokens()).isEqualTo(common(first, second));
            assertThat(answer.ids()).isEqualTo(alone(Asked.of(second).tokens(0, 3)));
            assertThat(running.ids()).isEqualTo(alone(Asked.of(first).endless(60)));
        }
    }

    @Test
    void anotherPictureOfTheSameSizeIsNotReused() {
        HostTensor picture = PargoMini.visualTokens(1);
        HostTensor other = HostTensor.allocate(picture.dtype(), picture.shape());
        other.data().duplicate().put(picture.data().duplicate());
        int last = other.data().limit() - 1;
        other.data().put(last, (byte) (other.data().get(last) ^ 0x01));
        List<PromptPart> first = PargoMini.about(picture, DESCRIBE);
        List<PromptPart> second = PargoMini.about(other, DESCRIBE);
        try (PargoMini mini = PargoMini.withSequences(2)) {
            mini.submit(Asked.of(first)).summary();
            CollectedAnswer answer = mini.submit(Asked.of(second));
            assertThat(answer.summary().cachedTokens()).isEqualTo(first.get(0).length());
            assertThat(answer.ids()).isEqualTo(alone(Asked.of(second)));
        }
    }

    @Test
    void theAnswersOfBeamsAndChoicesAreTheSameOnAReusedPrompt() {
        List<PromptPart> first = PargoMini.aboutImage(1, DESCRIBE);
        List<PromptPart> second = PargoMini.aboutImage(1, WHERE);
        List<Integer> beams;
        List<Integer> third;
        try (PargoMini fresh = PargoMini.withSequences(4)) {
            beams = fresh.submit(Asked.of(second).beams(4)).ids();
        }
        try (PargoMini fresh = PargoMini.withSequences(4)) {
            third = fresh.submit(Asked.of(second).choices(3).sampled(1.5, 5)).ids(2);
        }
        try (PargoMini mini = PargoMini.withSequences(4)) {
            mini.submit(Asked.of(first)).summary();
            CollectedAnswer searched = mini.submit(Asked.of(second).beams(4));
            assertThat(searched.summary().cachedTokens()).isGreaterThan(80);
            assertThat(searched.ids()).isEqualTo(beams);
            CollectedAnswer drawn = mini.submit(Asked.of(second).choices(3).sampled(1.5, 5));
            assertThat(drawn.summary().cachedTokens()).isEqualTo(PromptKeys.of(second).length - 1);
            assertThat(drawn.ids(2)).isEqualTo(third);
        }
    }

    @Test
    void whatWasUsedLongestAgoIsForgottenFirst() {
        List<PromptPart> a = fourPages(10);
        List<PromptPart> b = fourPages(20);
        List<PromptPart> c = fourPages(30);
        // One page more than two prompts need, for the last position of a prompt that is known.
        try (PargoMini mini = new PargoMini(PargoMini.properties(1, 9 / 8.0, true, Duration.ZERO))) {
            assertThat(mini.engine.pages()).isEqualTo(9);
            cached(mini, a);
            cached(mini, b);
            assertThat(cached(mini, a)).isEqualTo(PromptKeys.of(a).length - 1);
            // Takes b's pages. Only the first token of every prompt is common.
            assertThat(cached(mini, c)).isEqualTo(1);
            assertThat(cached(mini, a)).isEqualTo(PromptKeys.of(a).length - 1);
            assertThat(cached(mini, b)).isEqualTo(1);
        }
    }

    private static List<PromptPart> fourPages(int id) {
        int[] ids = new int[4 * KvCache.PAGE_TOKENS];
        Arrays.fill(ids, id);
        ids[0] = 1;
        return List.of(new PromptPart.Tokens(ids));
    }

    private static int cached(PargoMini mini, List<PromptPart> prompt) {
        return mini.submit(Asked.of(prompt).endless(1)).summary().cachedTokens();
    }

    @Test
    void aCancelledPromptIsReusedAsFarAsItWasRead() throws Exception {
        List<PromptPart> first = PargoMini.aboutImage(1, DESCRIBE);
        try (PargoMini mini = PargoMini.withSequences(1)) {
            Standstill still = new Standstill();
            CollectedAnswer running = mini.submit(Asked.of(first).endless(60), still);
            still.begun();
            running.generation.cancel();
            still.end();
            CollectedAnswer answer = mini.submit(Asked.of(first));
            assertThat(answer.summary().cachedTokens()).isEqualTo(PromptKeys.of(first).length - 1);
            assertThat(answer.ids()).isEqualTo(alone(Asked.of(first)));
        }
    }
}
