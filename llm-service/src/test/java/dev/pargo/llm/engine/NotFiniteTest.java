package dev.pargo.llm.engine;

import static dev.pargo.llm.engine.PargoMini.DESCRIBE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pargo.models.llm.CausalLm;
import dev.pargo.models.llm.DecoderConfig;
import dev.pargo.models.llm.PromptPart;
import dev.pargo.models.network.StoredNetwork;
import dev.pargo.models.tensor.DType;
import dev.pargo.models.tensor.HostTensor;
import dev.pargo.models.torch.Placement;
import dev.pargo.models.weights.Checkpoint;
import dev.pargo.models.weights.LoraAdapter;
import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.StageError;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Logits that are not finite, because of the request's visual tokens or because of the model. */
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
    void itsPagesGiveTheNextRequestTheSameAnswerAsAnyOther() {
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
    void requestsThatLeadToNoNumbersDoNotTakeTheModelDown() {
        try (PargoMini mini = PargoMini.withSequences(1)) {
            for (int i = 0; i < 12; i++) {
                assertNotFinite(mini.submit(Asked.of(broken(i))));
            }
            assertThat(mini.device.trouble()).isEmpty();
            assertThat(mini.submit(Asked.of(NORMAL).endless(3)).ids()).hasSize(3);
        }
    }

    @Test
    void aModelThatGivesNoNumbersFailsOneRequestAndHandsOverTheOthers(@TempDir Path directory) throws IOException {
        try (CausalLm lm = withoutNumbers(directory);
                PargoMini mini = new PargoMini(PargoMini.properties(1, 1, true), lm)) {
            assertNotFinite(mini.submit(Asked.of(NORMAL)));
            assertReason(mini.submit(Asked.of(NORMAL)), ErrorReason.DEVICE_LOST);
            await().untilAsserted(() -> assertThat(mini.device.trouble()).isPresent());
        }
    }

    /** The bundled model with weights that are NaN. */
    private static CausalLm withoutNumbers(Path directory) throws IOException {
        Path weights = directory.resolve("model.safetensors");
        try (Stream<Path> files = Files.list(PargoMini.LLM)) {
            for (Path file : files.toList()) {
                Files.copy(file, directory.resolve(file.getFileName()));
            }
        }
        byte[] bytes = Files.readAllBytes(weights);
        ByteBuffer values = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int begin = Math.toIntExact(Long.BYTES + values.getLong(0));
        Arrays.fill(bytes, begin, bytes.length, (byte) 0xff);
        Files.write(weights, bytes);
        return CausalLm.load(
                new StoredNetwork<>(DecoderConfig.read(directory), Checkpoint.open(directory), LoraAdapter.none()),
                Placement.REFERENCE);
    }

    private static void assertNotFinite(CollectedAnswer answer) {
        assertReason(answer, ErrorReason.NOT_FINITE);
    }

    private static void assertReason(CollectedAnswer answer, ErrorReason reason) {
        assertThat(StageError.of(answer.failure()).orElseThrow().reason()).isEqualTo(reason);
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
