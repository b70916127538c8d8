package dev.pargo.models.projector;

import ai.djl.pytorch.engine.PtNDManager;
import dev.pargo.models.config.JsonConfig;
import dev.pargo.models.picture.PictureLayout;
import dev.pargo.models.torch.Arguments;
import dev.pargo.models.torch.Placement;
import dev.pargo.models.weights.ParameterList;
import dev.pargo.models.weights.ParameterSpec;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Dimensions of Gemma 3's projector: average pooling of squares of patches, an RMS norm whose scale is 1 plus the published
 * weights, and one matrix.
 *
 * @param width    width of a feature vector
 * @param side     side of a square in patches
 * @param llmWidth width of a visual token
 * @param eps      epsilon of the norm
 */
public record PoolConfig(int width, int side, int llmWidth, double eps) implements ProjectorConfig {

    private static final String NAME = "multi_modal_projector.";
    private static final String MATRIX = NAME + "mm_input_projection_weight";

    /**
     * Reads a manifest's section.
     *
     * @param patches features of one piece
     */
    static PoolConfig read(JsonConfig section, int patches, LayerWidths widths) {
        return new PoolConfig(
                section.size("encoder_width"),
                Squares.joined(section, patches),
                widths.of(MATRIX, 1),
                section.number("layer_norm_eps", 1e-6));
    }

    @Override
    public String network() {
        return "gemma3-pool";
    }

    @Override
    public int inputWidth() {
        return width;
    }

    @Override
    public int outputWidth() {
        return llmWidth;
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
        return new ParameterList()
                .scale("norm", NAME + "mm_soft_emb_norm", width)
                .tensor("matrix", MATRIX, new long[] {width, llmWidth})
                .toList();
    }

    @Override
    public String program() {
        return "pool";
    }

    @Override
    public void addTo(Arguments arguments, PtNDManager manager, Placement placement) {
        arguments.add(side).add(eps);
    }
}
