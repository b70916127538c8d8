package dev.pargo.evaluation.stack;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The checked-out project whose services are run. */
public final class Repository {

    private static final Path ROOT = find();

    private Repository() {}

    /** A file of the project, as an absolute path. */
    public static Path file(String path) {
        return ROOT.resolve(path);
    }

    /** The bundled model. */
    public static Path bundle() {
        return file("bundle/pargo-mini");
    }

    private static Path find() {
        Path program = program();
        for (Path directory = program; directory != null; directory = directory.getParent()) {
            if (Files.exists(directory.resolve("mvnw"))) {
                return directory;
            }
        }
        throw new IllegalStateException(program + " is not in a checked-out project");
    }

    private static Path program() {
        try {
            return Path.of(Repository.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
