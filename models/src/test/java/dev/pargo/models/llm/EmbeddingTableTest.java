package dev.pargo.models.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.pargo.models.bundle.ModelBundle;
import dev.pargo.models.config.ConfigException;
import dev.pargo.models.network.StoredNetwork;
import dev.pargo.models.tensor.DType;
import dev.pargo.models.tensor.FloatCodec;
import dev.pargo.models.tensor.HostTensor;
import dev.pargo.models.torch.Placement;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The table of pargo-mini, which is stored in bfloat16. */
class EmbeddingTableTest {

    private static final StoredNetwork<DecoderConfig> DECODER =
            ModelBundle.read(Path.of("../bundle/pargo-mini")).llm();

    private static final int WIDTH = 256;

    private static final PromptPart BEFORE = new PromptPart.Tokens(new int[] {1, 733, 1023});
    private static final PromptPart AFTER = new PromptPart.Tokens(new int[] {0});

    private final EmbeddingTable table = EmbeddingTable.of(DECODER);

    @Test
    void aPromptHasTheRowsThatTheDecoderItselfReads() {
        float[] visual = new float[2 * WIDTH];
        for (int i = 0; i < visual.length; i++) {
            visual[i] = (float) Math.sin(i);
        }
        HostTensor tokens =
                new HostTensor(DType.FLOAT32, new long[] {2, WIDTH}, FloatCodec.write(visual, DType.FLOAT32));
        List<PromptPart> prompt = List.of(BEFORE, new PromptPart.Visual(tokens), AFTER);

        EmbeddedPrompt embedded = table.embed(prompt);

        assertThat(embedded.dtype()).isEqualTo(DType.FLOAT32);
        assertThat(embedded.shape()).containsExactly(6, WIDTH);
        try (CausalLm lm = CausalLm.load(DECODER, Placement.REFERENCE);
                PromptEmbedding own = lm.embed(prompt)) {
            assertThat(FloatCodec.read(bytes(embedded), DType.FLOAT32))
                    .isEqualTo(own.rows().toFloatArray());
        }
    }

    @Test
    void aPromptOfOneTypeKeepsIt() {
        EmbeddedPrompt embedded = table.embed(List.of(BEFORE, AFTER));

        assertThat(embedded.dtype()).isEqualTo(DType.BFLOAT16);
        HostTensor whole = DECODER.checkpoint().read("model.tok_embeddings.weight");
        ByteBuffer bytes = bytes(embedded);
        assertThat(bytes.remaining()).isEqualTo(4 * WIDTH * 2);
        assertThat(bytes.slice(2 * WIDTH, 2 * WIDTH)).isEqualTo(whole.get(733).data());
    }

    @Test
    void aDecoderThatNeedsMoreThanEmbeddingsIsRefused() {
        StoredNetwork<DecoderConfig> deep =
                new StoredNetwork<>(DECODER.config().withSideInputs(1), DECODER.checkpoint());

        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> EmbeddingTable.of(deep))
                .withMessageContaining("internlm2")
                .withMessageContaining("DeepStack");
    }

    private static ByteBuffer bytes(EmbeddedPrompt prompt) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (ByteBuffer piece : prompt) {
            byte[] bytes = new byte[piece.remaining()];
            piece.get(bytes);
            all.writeBytes(bytes);
        }
        return ByteBuffer.wrap(all.toByteArray());
    }
}
