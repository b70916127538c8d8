package dev.pargo.models.synthesis;

import dev.pargo.models.weights.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** A directory that a model is written to. It must be new or empty. */
final class NewDirectory {

    private NewDirectory() {}

    /** @throws CheckpointException if it is not empty */
    static void make(Path directory) throws IOException {
        Files.createDirectories(directory);
        try (Stream<Path> files = Files.list(directory)) {
            if (files.findAny().isPresent()) {
                throw new CheckpointException("%s is not empty; name a new directory".formatted(directory));
            }
        }
    }
}
