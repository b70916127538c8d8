package dev.pargo.evaluation.stack;

import java.nio.file.Files;
import java.nio.file.Path;

/** The checked-out project that the tests run in. */
public final class Repository {

    private static final Path ROOT = find();

    private Repository() {}

    /** A file of the project, as an absolute path. */
    public static Path file(String path) {
        return ROOT.resolve(path);
    }

    private static Path find() {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.exists(directory.resolve("mvnw"))) {
            directory = directory.getParent();
        }
        return directory;
    }
}
