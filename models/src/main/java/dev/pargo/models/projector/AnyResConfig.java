package dev.pargo.models.projector;

import ai.djl.pytorch.engine.PtNDManager;
import dev.pargo.models.picture.Grid;
import dev.pargo.models.picture.PictureLayout;
import dev.pargo.models.picture.Piece;
import dev.pargo.models.torch.Arguments;
import dev.pargo.models.torch.Placement;
import dev.pargo.models.weights.ParameterList;
import dev.pargo.models.weights.ParameterSpec;
import java.util.List;

/**
 * Dimensions of the projector of LLaVA-NeXT and LLaVA-OneVision: the linear layers of LLaVA-1.5, then the whole view followed by the
 * joined tiles, without the rows or columns that are padding, with a learned newline after each row. Source: {@code
 * pack_image_features} in {@code modeling_llava_next.py} and {@code modeling_llava_onevision.py} of transformers.
 *
 * @param mlp      the linear layers, for the patches of one tile
 * @param grid     side of a tile in patches
 * @param maxTiles joined tiles that are larger than so many are scaled down; 0 for no limit
 */
public record AnyResConfig(MlpConfig mlp, int grid, int maxTiles) implements ProjectorConfig {

    private static final String NEWLINE = "image_newline";

    /** How much too large the joined tiles may be before they are scaled. */
    private static final double TOLERATED = 1.1;

    /**
     * How the tiles' patches become rows of the prompt.
     *
     * @param top     first row of the joined tiles that is no padding
     * @param height  rows that are none
     * @param left    first column that is no padding
     * @param width   columns that are none
     * @param rows    to which these are scaled
     * @param columns to which these are scaled
     */
    private record Packing(int top, int height, int left, int width, int rows, int columns) {}

    @Override
    public String network() {
        return maxTiles == 0 ? "llava-next-mlp" : "llava-onevision-mlp";
    }

    @Override
    public int inputWidth() {
        return mlp.inputWidth();
    }

    @Override
    public int outputWidth() {
        return mlp.outputWidth();
    }

    private static boolean hasTiles(PictureLayout features) {
        return features.pieces().size() > 1;
    }

    /** One run of visual tokens, which is no plane. */
    @Override
    public PictureLayout layout(PictureLayout features) {
        int tiles = features.tileRows() * features.tileColumns();
        boolean fits = features.pieces().size() == 1 + tiles
                && features.pieces().stream().allMatch(piece -> piece.grid().cells() == grid * grid);
        if (!fits) {
            throw new IllegalArgumentException("%d pieces for %d tiles of %d x %d features and a whole"
                    .formatted(features.pieces().size(), tiles, grid, grid));
        }
        int tokens = grid * grid + 1;
        if (hasTiles(features)) {
            Packing packing = packing(features);
            tokens = grid * grid + packing.rows() * (packing.columns() + 1);
        }
        return features.withPieces(List.of(new Piece(Piece.Role.WHOLE, Grid.line(tokens))));
    }

    /** A newline follows at least one token. */
    @Override
    public long maxTokens(long features) {
        return 2 * features;
    }

    private Packing packing(PictureLayout features) {
        int height = features.tileRows() * grid;
        int width = features.tileColumns() * grid;
        int top = 0;
        int left = 0;
        if ((double) features.width() / features.height() > (double) width / height) {
            top = (height - scaled(features.height(), (double) width / features.width())) / 2;
        } else {
            left = (width - scaled(features.width(), (double) height / features.height())) / 2;
        }
        int keptHeight = height - 2 * top;
        int keptWidth = width - 2 * left;
        int rows = keptHeight;
        int columns = keptWidth;
        if (maxTiles > 0) {
            double ratio = Math.sqrt((double) keptHeight * keptWidth / ((double) maxTiles * grid * grid));
            if (ratio > TOLERATED) {
                rows = (int) Math.floor(keptHeight / ratio);
                columns = (int) Math.floor(keptWidth / ratio);
            }
        }
        return new Packing(top, keptHeight, left, keptWidth, rows, columns);
    }

    /** Cut to a whole number, after errors of the multiplication are rounded away. */
    private static int scaled(int length, double scale) {
        return (int) (Math.rint(length * scale * 1e7) / 1e7);
    }

    /** Of each picture its rows and columns of tiles, both 0 without, and its packing. */
    @Override
    public long[] shapes(PictureLayout features) {
        if (!hasTiles(features)) {
            return new long[8];
        }
        Packing packing = packing(features);
        return new long[] {
            features.tileRows(),
            features.tileColumns(),
            packing.top(),
            packing.height(),
            packing.left(),
            packing.width(),
            packing.rows(),
            packing.columns()
        };
    }

    @Override
    public List<ParameterSpec> parameters() {
        ParameterList list = new ParameterList().tensor(NEWLINE, mlp.outputWidth());
        MlpConfig.addLayers(list, "layers.", mlp.layers(), mlp.inputWidth());
        return list.toList();
    }

    @Override
    public String program() {
        return "anyres";
    }

    @Override
    public void addTo(Arguments arguments, PtNDManager manager, Placement placement) {
        arguments.add(mlp.layers().size()).add(grid);
    }
}
