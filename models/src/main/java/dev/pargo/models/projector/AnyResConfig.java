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
 * Dimensions of the projector of LLaVA-NeXT and LLaVA-OneVision: the linear layers of LLaVA-1.5, then the patches of the whole
 * picture followed by those of the joined tiles. Rows or columns of the joined tiles that are padding are removed, and a learned
 * newline follows each row. Source: {@code pack_image_features} in {@code modeling_llava_next.py} and {@code
 * modeling_llava_onevision.py} of transformers.
 *
 * @param mlp      the linear layers, for the patches of one tile
 * @param grid     side of a tile in patches
 * @param maxTiles largest area of the joined tiles, in tiles; larger ones are scaled down; 0 for no limit
 */
public record AnyResConfig(MlpConfig mlp, int grid, int maxTiles) implements ProjectorConfig {

    private static final String NEWLINE = "image_newline";

    /** The joined tiles are scaled down if the ratio of their mean side to the largest mean side exceeds this. */
    private static final double TOLERATED = 1.1;

    /**
     * How the patches of the tiles become visual tokens.
     *
     * @param top     first row of the joined tiles that is not padding
     * @param height  rows that are not padding
     * @param left    first column that is not padding
     * @param width   columns that are not padding
     * @param rows    number of rows after scaling
     * @param columns number of columns after scaling
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

    /** One run of visual tokens without a two-dimensional order. */
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

    /** Every newline follows at least one token, so a picture has at most twice as many visual tokens as patches. */
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

    /** Rounds away the floating-point error of the product, then truncates to a whole number. */
    private static int scaled(int length, double scale) {
        return (int) (Math.rint(length * scale * 1e7) / 1e7);
    }

    /** Eight numbers for each picture: rows and columns of tiles, both 0 if it has no tiles, then the fields of its packing. */
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
