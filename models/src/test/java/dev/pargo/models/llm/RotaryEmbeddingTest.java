package dev.pargo.models.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.pargo.models.config.ConfigException;
import dev.pargo.models.config.JsonConfig;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Rotary embeddings of published configurations; the expected numbers follow from the formulas of transformers. */
class RotaryEmbeddingTest {

    @TempDir
    private Path directory;

    private DecoderConfig read(String json) {
        ObjectNode config = (ObjectNode) new JsonMapper().readTree(json.replace('\'', '"'));
        return DecoderConfig.read(JsonConfig.of(directory.resolve("config.json"), config), directory);
    }

    @Test
    void yarnSlowsThePairsThatTurnSeldom() {
        DecoderConfig config = read("""
                {'model_type': 'qwen3', 'hidden_size': 1024, 'head_dim': 128, 'max_position_embeddings': 40960,
                 'rope_theta': 1000000.0,
                 'rope_scaling': {'rope_type': 'yarn', 'factor': 4.0, 'original_max_position_embeddings': 32768}}""");
        RotaryEmbedding rope = config.attention().get(0).rope();

        float[] frequencies = rope.frequencies(128);

        assertThat(frequencies[0]).isEqualTo(1f);
        assertThat(frequencies[20]).isCloseTo(0.0133352143f, within(1e-9f));
        assertThat(frequencies[24]).isCloseTo(0.00537532149f, within(1e-9f));
        assertThat(frequencies[30]).isCloseTo(0.00106436098f, within(1e-10f));
        assertThat(frequencies[36]).isCloseTo(0.000179841156f, within(1e-11f));
        assertThat(frequencies[46]).isCloseTo(1.21741881e-05f, within(1e-12f));
        assertThat(frequencies[63]).isCloseTo(3.1023444e-07f, within(1e-13f));
        assertThat(rope.scaling().attentionFactor()).isCloseTo(1.138629436, within(1e-9));
        assertThat(config.context()).isEqualTo(4 * 32768);
    }

    @Test
    void longRopeUsesItsShortFactorsAndEndsWhereTheyEnd() {
        DecoderConfig config = read("""
                {'model_type': 'llama', 'hidden_size': 64, 'num_attention_heads': 8,
                 'max_position_embeddings': 131072, 'original_max_position_embeddings': 4096,
                 'rope_scaling': {'type': 'longrope', 'short_factor': [1.05, 1.1, 1.2, 1.3],
                                  'long_factor': [2, 4, 8, 16]}}""");
        RotaryEmbedding rope = config.attention().get(0).rope();

        assertThat(rope.frequencies(8))
                .containsExactly((float) (1 / 1.05), (float) (0.1 / 1.1), (float) (0.01 / 1.2), (float) (0.001 / 1.3));
        assertThat(rope.scaling().attentionFactor())
                .isCloseTo(Math.sqrt(1 + Math.log(32) / Math.log(4096)), within(1e-12));
        assertThat(config.context()).isEqualTo(4096);
    }

    @Test
    void linearScalingSlowsAllPairs() {
        DecoderConfig config = read("""
                {'model_type': 'llama', 'hidden_size': 32, 'num_attention_heads': 8,
                 'rope_scaling': {'type': 'linear', 'factor': 8.0}}""");

        assertThat(config.attention().get(0).rope().frequencies(4)).containsExactly(0.125f, 0.00125f);
    }

    @Test
    void gemmasSlidingLayersHaveARopeOfTheirOwn() {
        DecoderConfig config = read("""
                {'model_type': 'gemma3_text', 'num_hidden_layers': 7, 'sliding_window': 1024,
                 'rope_scaling': {'rope_type': 'linear', 'factor': 8.0}}""");

        for (int layer = 0; layer < 7; layer++) {
            LayerAttention attention = config.attention().get(layer);
            boolean full = layer == 5;
            assertThat(attention.window()).isEqualTo(full ? 0 : 1024);
            assertThat(attention.rope().theta()).isEqualTo(full ? 1e6 : 1e4);
            assertThat(attention.rope().scaling()).isEqualTo(full ? new RopeScaling.Linear(8) : new RopeScaling.None());
        }
        assertThat(config.tied()).isTrue();
    }

    @Test
    void aWindowIsNoShorterContext() {
        DecoderConfig mistral = read("""
                {'model_type': 'mistral', 'max_position_embeddings': 32768, 'sliding_window': 4096}""");
        DecoderConfig qwen = read("""
                {'model_type': 'qwen2', 'num_hidden_layers': 4, 'max_position_embeddings': 32768,
                 'sliding_window': 4096, 'use_sliding_window': true, 'max_window_layers': 3}""");

        assertThat(mistral.context()).isEqualTo(32768);
        assertThat(mistral.attention()).allMatch(layer -> layer.window() == 4096);
        assertThat(qwen.attention()).extracting(LayerAttention::window).containsExactly(0, 0, 0, 4096);
    }

    @Test
    void anUnknownStretchingIsRefusedByName() {
        assertThatThrownBy(() -> read("{'model_type': 'llama', 'rope_scaling': {'type': 'ntk'}}"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("unknown rope_scaling.rope_type 'ntk'");
    }

    @Test
    void axesTakeTheirPairsInTurnsOrInARow() {
        assertThat(new PositionAxes(List.of(2, 3, 3), false).ofPairs(8)).containsExactly(0, 0, 1, 1, 1, 2, 2, 2);
        assertThat(new PositionAxes(List.of(4, 2, 2), true).ofPairs(8)).containsExactly(0, 1, 2, 0, 1, 2, 0, 0);
    }
}
