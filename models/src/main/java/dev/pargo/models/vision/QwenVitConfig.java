package dev.pargo.models.vision;

import ai.djl.pytorch.engine.PtNDManager;
import dev.pargo.models.config.JsonConfig;
import dev.pargo.models.picture.Grid;
import dev.pargo.models.picture.PictureLayout;
import dev.pargo.models.torch.Arguments;
import dev.pargo.models.torch.Placement;
import dev.pargo.models.torch.Precision;
import dev.pargo.models.weights.ParameterList;
import dev.pargo.models.weights.ParameterSpec;
import java.util.ArrayList;
import java.util.List;

/**
 * Dimensions of the Qwen-VL towers: pictures of any resolution, a rotary embedding over the rows and columns of patches, and in
 * some models window attention. The merger after the blocks is treated as a projector here.
 *
 * @param variant   which member of the family
 * @param patchSize side of a patch in pixels
 * @param hidden    width of the tower
 * @param mlpHidden width between the layers of a block's MLP
 * @param window    side of the attention windows in patches; 0 if all blocks attend over the whole piece
 * @param whole     blocks that attend over the whole piece although the others have windows
 * @param table     side of the learned position table, which is resized to the piece's grid; 0 if there is none
 * @param states    hidden states that are concatenated to the features: N is the output of block N
 */
public record QwenVitConfig(
        Variant variant,
        int patchSize,
        int hidden,
        int heads,
        int mlpHidden,
        Activation activation,
        int window,
        List<Integer> whole,
        int table,
        List<Integer> states)
        implements VisionConfig {

    private static final double EPS = 1e-6;

    /** Number of frames that the patch embedding takes at once. A still picture is repeated. */
    private static final int FRAMES = 2;

    /** Members of the family. */
    public enum Variant {
        QWEN2("qwen2-vl-vit", "mlp.fc1", "mlp.fc2", false),
        QWEN2_5("qwen2.5-vl-vit", "mlp.up_proj", "mlp.down_proj", false),
        QWEN3("qwen3-vl-vit", "mlp.linear_fc1", "mlp.linear_fc2", true);

        private final String network;
        private final String up;
        private final String down;
        private final boolean patchBias;

        Variant(String network, String up, String down, boolean patchBias) {
            this.network = network;
            this.up = up;
            this.down = down;
            this.patchBias = patchBias;
        }
    }

    public QwenVitConfig {
        whole = List.copyOf(whole);
        states = List.copyOf(states);
        if (hidden % heads != 0 || hidden / heads % 4 != 0) {
            throw new IllegalArgumentException(
                    "width %d cannot be divided into %d heads of a multiple of 4".formatted(hidden, heads));
        }
    }

    /** Reads a published {@code vision_config}. Defaults are those of the model's configuration class in transformers. */
    public static QwenVitConfig read(Variant variant, JsonConfig section) {
        int frames = section.size("temporal_patch_size", FRAMES);
        if (frames != FRAMES) {
            throw section.problem("temporal_patch_size is %d, not %d".formatted(frames, FRAMES));
        }
        return section.make(() -> switch (variant) {
            case QWEN2 -> qwen2(section);
            case QWEN2_5 -> qwen25(section);
            case QWEN3 -> qwen3(section);
        });
    }

    private static QwenVitConfig qwen2(JsonConfig section) {
        int hidden = section.size("embed_dim", 1280);
        return new QwenVitConfig(
                Variant.QWEN2,
                section.size("patch_size", 14),
                hidden,
                section.size("num_heads", 16),
                (int) (hidden * section.number("mlp_ratio", 4)),
                Activation.read(section, "hidden_act", Activation.QUICK_GELU),
                0,
                List.of(),
                0,
                List.of(section.size("depth", 32)));
    }

    private static QwenVitConfig qwen25(JsonConfig section) {
        String activation = section.string("hidden_act", "silu");
        if (!activation.equals("silu")) {
            throw section.unknown("hidden_act", activation, "silu");
        }
        int patchSize = section.size("patch_size", 14);
        int merge = section.size("spatial_merge_size", 2);
        List<Integer> whole = section.has("fullatt_block_indexes")
                ? section.integers("fullatt_block_indexes")
                : List.of(7, 15, 23, 31);
        return new QwenVitConfig(
                Variant.QWEN2_5,
                patchSize,
                section.size("hidden_size", 3584),
                section.size("num_heads", 16),
                section.size("intermediate_size", 3420),
                Activation.GELU,
                Math.max(1, section.size("window_size", 112) / merge / patchSize) * merge,
                whole,
                0,
                List.of(section.size("depth", 32)));
    }

    private static QwenVitConfig qwen3(JsonConfig section) {
        int depth = section.size("depth", 27);
        List<Integer> states = new ArrayList<>(List.of(depth));
        deepStackLayers(section).forEach(layer -> states.add(layer + 1));
        int positions = section.size("num_position_embeddings", 2304);
        int side = (int) Math.sqrt(positions);
        if (side * side != positions) {
            throw section.problem("num_position_embeddings is %d, which is no square".formatted(positions));
        }
        return new QwenVitConfig(
                Variant.QWEN3,
                section.size("patch_size", 16),
                section.size("hidden_size", 1152),
                section.size("num_heads", 16),
                section.size("intermediate_size", 4304),
                Activation.read(section, "hidden_act", Activation.GELU_TANH),
                0,
                List.of(),
                side,
                states);
    }

    /** Blocks of Qwen3-VL's tower whose output the decoder also receives (DeepStack). */
    public static List<Integer> deepStackLayers(JsonConfig section) {
        return section.has("deepstack_visual_indexes")
                ? section.integers("deepstack_visual_indexes")
                : List.of(8, 16, 24);
    }

    @Override
    public String network() {
        return variant.network;
    }

    @Override
    public int width() {
        return hidden * states.size();
    }

    @Override
    public PictureLayout layout(PictureLayout pixels) {
        return pixels.map(grid -> new Grid(grid.rows() / patchSize, grid.columns() / patchSize));
    }

    @Override
    public long maxTokens(long pixels) {
        return pixels / ((long) patchSize * patchSize);
    }

    private int blocks() {
        return states.stream().mapToInt(state -> state).max().orElseThrow();
    }

    @Override
    public List<ParameterSpec> parameters() {
        ParameterList list = new ParameterList()
                .tensor("patch.weight", "patch_embed.proj.weight", new long[] {hidden, 3, FRAMES, patchSize, patchSize
                });
        if (variant.patchBias) {
            list.bias("patch", "patch_embed.proj", hidden);
        }
        if (table > 0) {
            list.tensor("positions", "pos_embed.weight", new long[] {(long) table * table, hidden});
        }
        for (int i = 0; i < blocks(); i++) {
            block(list, "blocks." + i);
        }
        return list.toList();
    }

    private void block(ParameterList list, String block) {
        norm(list, block + ".norm1");
        list.linear(block + ".attention.qkv", block + ".attn.qkv", 3L * hidden, hidden)
                .linear(block + ".attention.out", block + ".attn.proj", hidden, hidden);
        norm(list, block + ".norm2");
        if (variant == Variant.QWEN2_5) {
            list.linear(block + ".gate", block + ".mlp.gate_proj", mlpHidden, hidden);
        }
        list.linear(block + ".up", block + "." + variant.up, mlpHidden, hidden)
                .linear(block + ".down", block + "." + variant.down, hidden, mlpHidden);
    }

    private void norm(ParameterList list, String name) {
        if (variant == Variant.QWEN2_5) {
            list.scale(name, name, hidden);
        } else {
            list.norm(name, hidden);
        }
    }

    @Override
    public boolean ignores(String tensor) {
        return tensor.startsWith("rotary_pos_emb.");
    }

    @Override
    public String program() {
        return "qwen_vit";
    }

    @Override
    public void addTo(Arguments arguments, PtNDManager manager, Placement placement) {
        arguments
                .add(patchSize)
                .add(blocks())
                .add(heads)
                .add(EPS)
                .add(activation.ordinal())
                .add(window)
                .add(longs(whole))
                .add(longs(states))
                .add(placement.precision() == Precision.INT8);
    }

    private static long[] longs(List<Integer> numbers) {
        return numbers.stream().mapToLong(number -> number).toArray();
    }
}
