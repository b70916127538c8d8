package dev.pargo.evaluation.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pargo.evaluation.stack.Repository;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Revisions of the bundled model. Their answers differ, and each is as easy to predict as the first one's. */
enum Revision {

    /** The bundle as it is. */
    FIRST,

    /** The encoder's pictures are normalised in another way; all weights are the first revision's. */
    OTHER_PICTURES(Revision::shiftColours),

    /** The encoder has other weights: it takes red for blue. */
    OTHER_ENCODER(Revision::swapColours),

    /** The projector has other weights: its visual tokens are the same for every picture. */
    OTHER_PROJECTOR(Revision::seeNothing),

    /** The LLM has other weights: it says yes for no, left for right, and top for bottom. */
    OTHER_LLM(Revision::sayOpposites),

    /** Encoder and LLM have other weights, so that neither goes with the first revision's. */
    SECOND(Revision::swapColours, Revision::sayOpposites);

    private static final int EMBEDDING_WIDTH = 192;
    /** The projector's last layer: 256 x 192 weights in float16. */
    private static final int LAST_LAYER_BYTES = 256 * 192 * 2;

    /** A channel of one patch: 14 x 14 pixels in float16. */
    private static final int PLANE_BYTES = 14 * 14 * 2;
    /** One token's weights in the LLM's last layer: 256 values in bfloat16. */
    private static final int TOKEN_BYTES = 256 * 2;

    private static final int YES = 370;
    private static final int NO = 336;
    private static final int LEFT = 314;
    private static final int RIGHT = 319;
    private static final int TOP = 326;
    private static final int BOTTOM = 325;

    private final List<Change> changes;

    Revision(Change... changes) {
        this.changes = List.of(changes);
    }

    private interface Change {
        void make(Path bundle) throws IOException;
    }

    /** Writes the revision, unless it is the bundle itself. Returns its directory. */
    Path write() throws IOException {
        Path original = Repository.bundle();
        if (this == FIRST) {
            return original;
        }
        // A manifest of this directory's name is looked for, as in the bundle.
        Path directory = Repository.file("evaluation/target/revisions/" + name())
                .resolve(original.getFileName().toString());
        copy(original, directory);
        for (Change change : changes) {
            change.make(directory);
        }
        return directory;
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path copy = to.resolve(from.relativize(file).toString());
                Files.createDirectories(copy.getParent());
                Files.write(copy, Files.readAllBytes(file));
            }
        }
    }

    private static void shiftColours(Path bundle) throws IOException {
        Path manifest = bundle.resolve(bundle.getFileName() + ".json");
        JsonMapper json = JsonMapper.shared();
        ObjectNode content = (ObjectNode) json.readTree(Files.readAllBytes(manifest));
        ArrayNode mean = ((ObjectNode) content.path("image")).putArray("mean");
        List.of(0.1, 0.9, 0.1).forEach(mean::add);
        Files.write(manifest, json.writeValueAsBytes(content));
    }

    /** Swaps the channels of the patch embedding, which has the shape [width, channels, rows, columns]. */
    private static void swapColours(Path bundle) throws IOException {
        Path file = bundle.resolve("vision.pt");
        byte[] bytes = Files.readAllBytes(file);
        int weights = zipRecord(bytes, "vision/data/2");
        for (int channel = 0; channel < EMBEDDING_WIDTH; channel++) {
            int red = weights + 3 * channel * PLANE_BYTES;
            swap(bytes, red, red + 2 * PLANE_BYTES, PLANE_BYTES);
        }
        Files.write(file, bytes);
    }

    /** Clears the weights of the projector's last layer, of which only the bias remains. */
    private static void seeNothing(Path bundle) throws IOException {
        Path file = bundle.resolve("pargo.pt");
        byte[] bytes = Files.readAllBytes(file);
        int weights = zipRecord(bytes, "pargo/data/111");
        Arrays.fill(bytes, weights, weights + LAST_LAYER_BYTES, (byte) 0);
        Files.write(file, bytes);
    }

    /** Swaps rows of the LLM's last layer, which has the shape [tokens, width]. */
    private static void sayOpposites(Path bundle) throws IOException {
        Path file = bundle.resolve("llm/model.safetensors");
        byte[] bytes = Files.readAllBytes(file);
        int weights = safetensor(bytes, "output.weight");
        for (List<Integer> opposites : List.of(List.of(YES, NO), List.of(LEFT, RIGHT), List.of(TOP, BOTTOM))) {
            swap(
                    bytes,
                    weights + opposites.get(0) * TOKEN_BYTES,
                    weights + opposites.get(1) * TOKEN_BYTES,
                    TOKEN_BYTES);
        }
        // Fingerprints of weights read a few pieces of each tensor, the first among them. Token 0 is never written.
        bytes[weights] ^= 1;
        Files.write(file, bytes);
    }

    /**
     * Position of a record's content in a stored zip archive. Readers of weights do not check the archive's checksums.
     */
    private static int zipRecord(byte[] archive, String name) {
        int at = indexOf(archive, name);
        int extra = ByteBuffer.wrap(archive).order(ByteOrder.LITTLE_ENDIAN).getShort(at - Short.BYTES);
        return at + name.length() + extra;
    }

    private static int safetensor(byte[] file, String name) {
        int header = (int) ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getLong();
        JsonNode tensors = JsonMapper.shared().readTree(Arrays.copyOfRange(file, Long.BYTES, Long.BYTES + header));
        return Long.BYTES
                + header
                + tensors.path(name).path("data_offsets").path(0).asInt();
    }

    private static int indexOf(byte[] bytes, String text) {
        byte[] wanted = text.getBytes(UTF_8);
        for (int at = 0; at <= bytes.length - wanted.length; at++) {
            if (Arrays.equals(bytes, at, at + wanted.length, wanted, 0, wanted.length)) {
                return at;
            }
        }
        throw new IllegalStateException("no record " + text);
    }

    private static void swap(byte[] bytes, int one, int other, int length) {
        byte[] kept = Arrays.copyOfRange(bytes, one, one + length);
        System.arraycopy(bytes, other, bytes, one, length);
        System.arraycopy(kept, 0, bytes, other, length);
    }
}
