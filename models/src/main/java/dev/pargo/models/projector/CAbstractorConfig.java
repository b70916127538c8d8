package dev.pargo.models.projector;

import ai.djl.pytorch.engine.PtNDManager;
import dev.pargo.models.config.JsonConfig;
import dev.pargo.models.torch.Arguments;
import dev.pargo.models.torch.Placement;
import dev.pargo.models.weights.ParameterList;
import dev.pargo.models.weights.ParameterSpec;
import java.util.List;

/**
 * Dimensions of Honeybee's C-Abstractor: learned positions, convolutional blocks, average pooling over the grid of patches,
 * convolutional blocks, linear layers, and optionally learned tokens at the end.
 *
 * @param patches      patches of a piece; a square number
 * @param side         side of the square of visual tokens
 * @param eosTokens    learned tokens after them
 * @param encoderWidth width of a feature vector
 * @param hidden       channels of the convolutions
 * @param llmWidth     width of a visual token
 * @param depth        blocks before the pooling, and as many after it
 * @param mlpDepth     linear layers
 * @param prenorm      whether the incoming features are normalised
 */
public record CAbstractorConfig(
        int patches,
        int side,
        int eosTokens,
        int encoderWidth,
        int hidden,
        int llmWidth,
        int depth,
        int mlpDepth,
        boolean prenorm)
        implements PatchProjector {

    private static final String NAME = "abstractor.";

    /** Channels of a squeeze layer, as a fraction of its block's input channels. */
    private static final double SQUEEZE = 0.25;

    public CAbstractorConfig {
        Squares.side("patches", patches);
    }

    /**
     * Reads a manifest's section.
     *
     * @param patches features of one piece
     */
    static CAbstractorConfig read(JsonConfig section, int patches, LayerWidths widths) {
        return section.make(() -> new CAbstractorConfig(
                patches,
                Squares.side("num_query_token", section.size("num_query_token", 144)),
                section.integer("num_eos_tokens", 0),
                section.size("encoder_width"),
                section.size("hidden_size", 1024),
                widths.of(NAME + "readout.0.weight", 0),
                section.size("depth", 3),
                section.size("mlp_depth", 2),
                section.flag("prenorm", false)));
    }

    @Override
    public String network() {
        return "c-abstractor";
    }

    @Override
    public int inputTokens() {
        return patches;
    }

    @Override
    public int inputWidth() {
        return encoderWidth;
    }

    @Override
    public int outputTokens() {
        return side * side + eosTokens;
    }

    @Override
    public int outputWidth() {
        return llmWidth;
    }

    @Override
    public List<ParameterSpec> parameters() {
        ParameterList list =
                new ParameterList().tensor("positions", NAME + "pos_emb", new long[] {1, patches, encoderWidth});
        if (prenorm) {
            list.norm("prenorm", NAME + "prenorm", encoderWidth);
        }
        for (int i = 0; i < depth; i++) {
            block(list, "before." + i, NAME + "net.0.b" + (i + 1), i == 0 ? encoderWidth : hidden);
        }
        for (int i = 0; i < depth; i++) {
            block(list, "behind." + i, NAME + "net.2.b" + (i + 1), hidden);
        }
        for (int i = 0; i < mlpDepth; i++) {
            list.linear("layers." + i, NAME + "readout." + 2 * i, llmWidth, i == 0 ? hidden : llmWidth);
        }
        if (eosTokens > 0) {
            list.tensor("eos", NAME + "eos_tokens", new long[] {1, eosTokens, llmWidth});
        }
        return list.toList();
    }

    private void block(ParameterList list, String role, String name, int in) {
        convolution(list, role + ".conv1", name + ".conv1", in, 1);
        convolution(list, role + ".conv2", name + ".conv2", 1, 3);
        long squeezed = Math.round(in * SQUEEZE);
        list.tensor(role + ".squeeze.weight", name + ".se.fc1.weight", new long[] {squeezed, hidden, 1, 1})
                .bias(role + ".squeeze", name + ".se.fc1", squeezed)
                .tensor(role + ".excite.weight", name + ".se.fc2.weight", new long[] {hidden, squeezed, 1, 1})
                .bias(role + ".excite", name + ".se.fc2", hidden);
        convolution(list, role + ".conv3", name + ".conv3", hidden, 1);
        if (in != hidden) {
            convolution(list, role + ".shortcut", name + ".downsample", in, 1);
        }
    }

    private void convolution(ParameterList list, String role, String name, int in, int kernel) {
        list.tensor(role + ".weight", name + ".conv.weight", new long[] {hidden, in, kernel, kernel})
                .norm(role + ".norm", name + ".bn", hidden);
    }

    @Override
    public String program() {
        return "c_abstractor";
    }

    @Override
    public void addTo(Arguments arguments, PtNDManager manager, Placement placement) {
        arguments.add(side).add(depth).add(mlpDepth);
    }
}
