package dev.pargo.models.bundle;

import dev.pargo.models.network.StoredNetwork;
import dev.pargo.models.picture.PictureLayout;
import dev.pargo.models.picture.PictureNotation;
import dev.pargo.models.picture.Piece;
import dev.pargo.models.projector.MergerConfig;
import dev.pargo.models.projector.ProjectorConfig;
import dev.pargo.models.vision.SiglipConfig;
import dev.pargo.models.vision.VisionConfig;
import dev.pargo.models.weights.Checkpoint;
import java.util.ArrayList;
import java.util.List;

/**
 * SmolVLM and Idefics3: a SigLIP tower on tiles and on the whole picture; a projector that joins squares of patches and applies
 * one matrix; a Llama decoder.
 */
record SmolVlmModel(HuggingFaceDirectory directory) implements WholeModel {

    @Override
    public StoredNetwork<VisionConfig> vision() {
        Checkpoint checkpoint = tensors().vision().rename("vision_model."::concat);
        return new StoredNetwork<>(
                SiglipConfig.readIdefics3(config().section("vision_config"), checkpoint), checkpoint);
    }

    @Override
    public StoredNetwork<ProjectorConfig> projector() {
        return new StoredNetwork<>(
                MergerConfig.smolVlm(
                        vision().config().width(),
                        config().size("scale_factor", 2),
                        llm().config().width()),
                tensors().projector());
    }

    @Override
    public PictureNotation notation() {
        return new PictureNotation("<image>", SmolVlmModel::write);
    }

    /** Writes each piece after a token that names its position. Tiles are written row by row, one line for each row. */
    private static List<PictureNotation.Part> write(PictureLayout visual) {
        String begin = "<fake_token_around_image>";
        List<PictureNotation.Part> parts = new ArrayList<>();
        int columns = Math.max(1, visual.tileColumns());
        int tile = 0;
        for (Piece piece : visual.pieces()) {
            if (piece.role() == Piece.Role.TILE) {
                int row = tile / columns;
                int column = tile % columns;
                String line = column == 0 && row > 0 ? "\n" : "";
                parts.add(new PictureNotation.Text("%s%s<row_%d_col_%d>".formatted(line, begin, row + 1, column + 1)));
                tile++;
            } else {
                parts.add(new PictureNotation.Text((tile > 0 ? "\n\n" : "") + begin + "<global-img>"));
            }
            parts.add(new PictureNotation.Run(piece.grid()));
        }
        parts.add(new PictureNotation.Text(begin));
        return parts;
    }
}
