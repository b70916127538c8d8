package dev.pargo.llm.engine;

import static dev.pargo.llm.engine.PargoMini.DESCRIBE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pargo.models.llm.PromptPart;
import dev.pargo.models.tensor.DType;
import dev.pargo.models.tensor.HostTensor;
import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.StageError;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Logits that are no numbers, here from visual tokens that are none. */
class NotFiniteTest {

    private static final List<PromptPart> NORMAL = PargoMini.aboutImage(1, DESCRIBE);

    @Test
    void aRequestWithoutLogitsFailsAlone() {
        try (PargoMini mini = PargoMini.withSequences(4)) {
            CollectedAnswer beside = mini.submit(Asked.of(NORMAL).endless(60));
            CollectedAnswer broken = mini.submit(Asked.of(broken(0)).endless(60));
            CollectedAnswer beams = mini.submit(Asked.of(broken(1)).beams(2));

            assertNotFinite(broken);
            assertNotFinite(beams);
            assertThat(broken.pieces()).isEmpty();
            assertThat(beside.ids()).hasSize(60);
            assertThat(mini.device.trouble()).isEmpty();
        }
    }

    @Test
    void itsSlotGivesTheNextRequestTheSameAnswerAsAnyOther() {
        List<Integer> expected;
        try (PargoMini mini = new PargoMini(PargoMini.properties(1, 1, true))) {
            expected = mini.submit(Asked.of(NORMAL).endless(100)).ids();
        }
        try (PargoMini mini = new PargoMini(PargoMini.properties(1, 1, true))) {
            assertNotFinite(mini.submit(Asked.of(broken(0))));

            CollectedAnswer next = mini.submit(Asked.of(NORMAL).endless(100));

            assertThat(next.summary().cachedTokens()).isZero();
            assertThat(next.ids()).isEqualTo(expected);
        }
    }

    @Test
    void aModelThatNeverGivesNumbersIsInTrouble() {
        try (PargoMini mini = PargoMini.withSequences(1)) {
            List<CollectedAnswer> answers = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                answers.add(mini.submit(Asked.of(broken(i))));
            }
            answers.forEach(NotFiniteTest::assertNotFinite);

            await().untilAsserted(() -> assertThat(mini.device.trouble()).isPresent());
        }
    }

    private static void assertNotFinite(CollectedAnswer answer) {
        assertThat(StageError.of(answer.failure()).orElseThrow().reason()).isEqualTo(ErrorReason.NOT_FINITE);
    }

    /** A picture's visual tokens with a NaN at a place of its own. */
    private static List<PromptPart> broken(int place) {
        HostTensor tokens = PargoMini.visualTokens(1);
        HostTensor broken = HostTensor.allocate(DType.FLOAT32, tokens.shape());
        broken.data().duplicate().put(tokens.data().duplicate());
        broken.data().putFloat(Float.BYTES * place, Float.NaN);
        return PargoMini.about(broken, DESCRIBE);
    }
}
