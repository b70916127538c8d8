package dev.pargo.evaluation.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Revisions of the bundled model. */
final class Revision {

    /** The bundle as it is. */
    static final String FIRST = "first";

    /** A copy with other preprocessing, which gives other answers with the same weights. */
    static final String SECOND = "second";

    private Revision() {}

    /** Writes the second revision of a bundle into an empty directory. */
    static Path second(Path bundle, Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(bundle)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path copy = directory.resolve(bundle.relativize(file).toString());
                Files.createDirectories(copy.getParent());
                Files.copy(file, copy);
            }
        }
        Path manifest = directory.resolve(bundle.getFileName() + ".json");
        JsonMapper json = JsonMapper.shared();
        ObjectNode content = (ObjectNode) json.readTree(Files.readAllBytes(manifest));
        Files.delete(manifest);
        content.put("revision", SECOND);
        ObjectNode image = (ObjectNode) content.path("image");
        ArrayNode mean = image.putArray("mean");
        List.of(0.1, 0.9, 0.1).forEach(mean::add);
        Files.write(directory.resolve("bundle.json"), json.writeValueAsBytes(content));
        return directory;
    }
}
