package dev.pargo.models.projector;

import ai.djl.pytorch.engine.PtNDManager;
import dev.pargo.models.config.JsonConfig;
import dev.pargo.models.picture.PictureLayout;
import dev.pargo.models.projector.MlpConfig.Layer;
import dev.pargo.models.torch.Arguments;
import dev.pargo.models.torch.Placement;
import dev.pargo.models.weights.ParameterList;
import dev.pargo.models.weights.ParameterSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Dimensions of a projector that joins squares of neighbouring patches (pixel shuffle), followed by linear layers with exact GELU
 * between them. If the encoder returns features of several layers, each layer's features go through their own branch, and the
 * outputs of the branches are concatenated.
 *
 * @param network  the architecture's name
 * @param width    width of a feature vector of one branch
 * @param side     side of a square in patches
 * @param branches at least one; all have the same number of layers
 * @param eps      epsilon of the norms
 */
public record MergerConfig(String network, int width, int side, List<Branch> branches, double eps)
        implements ProjectorConfig {

    /**
     * One branch.
     *
     * @param norm      published name of its norm; null if there is none
     * @param rms       whether the norm is an RMS norm; otherwise it is a layer norm
     * @param afterJoin whether the norm is applied to joined squares; otherwise to each patch
     * @param layers    at least one
     */
    public record Branch(@Nullable String norm, boolean rms, boolean afterJoin, List<Layer> layers) {

        public Branch {
            layers = List.copyOf(layers);
        }
    }

    public MergerConfig {
        branches = List.copyOf(branches);
    }

    /** The connector of SmolVLM and Idefics3: one matrix. */
    public static MergerConfig smolVlm(int width, int side, int llmWidth) {
        List<Layer> layers = List.of(new Layer("connector.modality_projection.proj", llmWidth, false));
        return new MergerConfig("pixel-shuffle", width, side, List.of(new Branch(null, false, true, layers)), 0);
    }

    /**
     * Reads a manifest's section: {@code pixel-shuffle} is InternVL's, {@code qwen-merger} Qwen2.5-VL's.
     *
     * @param patches features of one piece
     */
    static MergerConfig read(JsonConfig section, int patches, LayerWidths widths) {
        int width = section.size("encoder_width");
        int side = Squares.joined(section, patches);
        return section.string("type").equals("pixel-shuffle")
                ? internVl(width, side, widths.of("multi_modal_projector.linear_2.weight", 0))
                : qwen2Vl(width, side, widths.of("merger.mlp.2.weight", 0), true);
    }

    /** The projector of InternVL: a norm over joined squares and two layers. */
    public static MergerConfig internVl(int width, int side, int llmWidth) {
        String name = "multi_modal_projector.";
        List<Layer> layers = List.of(new Layer(name + "linear_1", llmWidth), new Layer(name + "linear_2", llmWidth));
        return new MergerConfig(
                "internvl-mlp", width, side, List.of(new Branch(name + "layer_norm", false, true, layers)), 1e-5);
    }

    /** The merger of Qwen2-VL and, with an RMS norm, of Qwen2.5-VL: a norm over each patch and two layers. */
    public static MergerConfig qwen2Vl(int width, int side, int llmWidth, boolean rms) {
        List<Layer> layers =
                List.of(new Layer("merger.mlp.0", side * side * width), new Layer("merger.mlp.2", llmWidth));
        return new MergerConfig(
                "qwen2-vl-merger", width, side, List.of(new Branch("merger.ln_q", rms, false, layers)), 1e-6);
    }

    /**
     * The mergers of Qwen3-VL: a branch for the last block, and one for each inner block whose output the decoder also receives
     * (DeepStack).
     */
    public static MergerConfig qwen3Vl(int width, int side, int llmWidth, int inner) {
        List<Branch> branches = new ArrayList<>();
        branches.add(qwen3Branch("merger.", width, side, llmWidth, false));
        for (int i = 0; i < inner; i++) {
            branches.add(qwen3Branch("deepstack_merger_list.%d.".formatted(i), width, side, llmWidth, true));
        }
        return new MergerConfig("qwen3-vl-merger", width, side, branches, 1e-6);
    }

    private static Branch qwen3Branch(String name, int width, int side, int llmWidth, boolean afterJoin) {
        List<Layer> layers =
                List.of(new Layer(name + "linear_fc1", side * side * width), new Layer(name + "linear_fc2", llmWidth));
        return new Branch(name + "norm", false, afterJoin, layers);
    }

    @Override
    public int inputWidth() {
        return width * branches.size();
    }

    @Override
    public int outputWidth() {
        List<Layer> layers = branches.get(0).layers();
        return layers.get(layers.size() - 1).width() * branches.size();
    }

    @Override
    public PictureLayout layout(PictureLayout features) {
        // The grid itself rejects a piece that is smaller than one square.
        return features.map(grid -> grid.squares(side));
    }

    @Override
    public long maxTokens(long features) {
        return features / ((long) side * side);
    }

    /** Rows and columns of each piece. */
    @Override
    public long[] shapes(PictureLayout features) {
        return features.pieces().stream()
                .flatMapToLong(
                        piece -> LongStream.of(piece.grid().rows(), piece.grid().columns()))
                .toArray();
    }

    @Override
    public List<ParameterSpec> parameters() {
        ParameterList list = new ParameterList();
        for (int i = 0; i < branches.size(); i++) {
            Branch branch = branches.get(i);
            String role = "branches." + i;
            if (branch.norm() != null) {
                int normed = branch.afterJoin() ? side * side * width : width;
                list.scale(role + ".norm", branch.norm(), normed);
                if (!branch.rms()) {
                    list.bias(role + ".norm", branch.norm(), normed);
                }
            }
            MlpConfig.addLayers(list, role + ".layers.", branch.layers(), side * side * width);
        }
        return list.toList();
    }

    @Override
    public String program() {
        return "merger";
    }

    @Override
    public void addTo(Arguments arguments, PtNDManager manager, Placement placement) {
        arguments
                .add(branches.size())
                .add(branches.get(0).layers().size())
                .add(side)
                .add(branches.stream()
                        .mapToLong(branch -> branch.afterJoin() ? 1 : 0)
                        .toArray())
                .add(eps);
    }
}
