package dev.pargo.models.projector;

import ai.djl.pytorch.engine.PtNDManager;
import dev.pargo.models.config.JsonConfig;
import dev.pargo.models.torch.Arguments;
import dev.pargo.models.torch.Placement;
import dev.pargo.models.weights.ParameterList;
import dev.pargo.models.weights.ParameterSpec;
import java.util.List;

/**
 * Dimensions of MobileVLM V2's projector (LDPv2): two linear layers, average pooling over the grid of patches, and a depthwise
 * convolution with a residual connection.
 *
 * @param patches      patches of a piece; a square number
 * @param side         side of the square of visual tokens
 * @param encoderWidth width of a feature vector
 * @param llmWidth     width of a visual token
 */
public record LdpConfig(int patches, int side, int encoderWidth, int llmWidth) implements PatchProjector {

    private static final String NAME = "model.mm_projector.";
    private static final int SIDE = 12;

    public LdpConfig {
        Squares.side("patches", patches);
    }

    /**
     * Reads a manifest's section.
     *
     * @param patches features of one piece
     */
    static LdpConfig read(JsonConfig section, int patches, LayerWidths widths) {
        int tokens = section.size("num_query_token", SIDE * SIDE);
        return section.make(() -> new LdpConfig(
                patches,
                Squares.side("num_query_token", tokens),
                section.size("encoder_width"),
                widths.of(NAME + "mlp.mlp.2.weight", 0)));
    }

    @Override
    public String network() {
        return "ldpv2";
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
        return side * side;
    }

    @Override
    public int outputWidth() {
        return llmWidth;
    }

    @Override
    public List<ParameterSpec> parameters() {
        return new ParameterList()
                .linear("layers.0", NAME + "mlp.mlp.0", llmWidth, encoderWidth)
                .linear("layers.1", NAME + "mlp.mlp.2", llmWidth, llmWidth)
                .tensor("peg.weight", NAME + "peg.peg.0.weight", new long[] {llmWidth, 1, 3, 3})
                .bias("peg", NAME + "peg.peg.0", llmWidth)
                .toList();
    }

    @Override
    public String program() {
        return "ldp";
    }

    @Override
    public void addTo(Arguments arguments, PtNDManager manager, Placement placement) {
        arguments.add(side);
    }
}
