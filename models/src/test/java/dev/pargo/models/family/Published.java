package dev.pargo.models.family;

import dev.pargo.models.fixture.Tolerance;
import dev.pargo.models.picture.PicturePixels;
import dev.pargo.models.tensor.HostTensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The data of a published directory that a test needs for the comparison with its processor. */
record Published(JsonNode config, JsonNode processor) {

    private static final JsonMapper JSON = new JsonMapper();

    static Published read(Path folder) {
        Path model = folder.resolve("model");
        Path own = model.resolve("preprocessor_config.json");
        JsonNode processor = Files.exists(own)
                ? json(own)
                : json(model.resolve("processor_config.json")).get("image_processor");
        return new Published(json(model.resolve("config.json")), processor);
    }

    private static JsonNode json(Path file) {
        try {
            return JSON.readTree(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Id of the placeholder of a visual token. */
    int placeholder() {
        return config.path("image_token_id")
                .asInt(config.path("image_token_index").asInt());
    }

    /** The pixels before normalisation, in the processor's order. */
    byte[] levels(List<PicturePixels> pictures) {
        int count = pictures.stream()
                .flatMap(picture -> picture.pieces().stream())
                .mapToInt(piece -> (int) piece.elements())
                .sum();
        boolean patches = processor.has("merge_size");
        byte[] levels = new byte[patches ? 2 * count : count];
        int at = 0;
        for (PicturePixels picture : pictures) {
            for (HostTensor piece : picture.pieces()) {
                byte[] plane = levels(piece);
                if (patches) {
                    at = patchify(plane, piece.shape(), levels, at);
                } else {
                    System.arraycopy(plane, 0, levels, at, plane.length);
                    at += plane.length;
                }
            }
        }
        return levels;
    }

    private byte[] levels(HostTensor piece) {
        float[] values = Tolerance.floats(piece);
        byte[] levels = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            int channel = i / (values.length / 3);
            double mean = processor.get("image_mean").get(channel).asDouble();
            double std = processor.get("image_std").get(channel).asDouble();
            levels[i] = (byte) Math.round((values[i] * std + mean) * 255);
        }
        return levels;
    }

    /**
     * Qwen's order: squares of patches that are merged, then the patches of a square, then channels, each with two
     * equal frames.
     */
    private int patchify(byte[] plane, long[] shape, byte[] out, int at) {
        int patch = processor.get("patch_size").asInt();
        int merge = processor.get("merge_size").asInt();
        int rows = (int) shape[1] / patch;
        int columns = (int) shape[2] / patch;
        for (int square = 0; square < rows * columns / (merge * merge); square++) {
            for (int inner = 0; inner < merge * merge; inner++) {
                int row = square / (columns / merge) * merge + inner / merge;
                int column = square % (columns / merge) * merge + inner % merge;
                for (int channel = 0; channel < 3; channel++) {
                    for (int frame = 0; frame < 2; frame++) {
                        for (int y = 0; y < patch; y++) {
                            int from = (int) ((channel * shape[1] + row * patch + y) * shape[2]) + column * patch;
                            System.arraycopy(plane, from, out, at, patch);
                            at += patch;
                        }
                    }
                }
            }
        }
        return at;
    }

    static byte[] bytes(HostTensor levels) {
        byte[] bytes = new byte[(int) levels.elements()];
        levels.data().duplicate().get(bytes);
        return bytes;
    }
}
