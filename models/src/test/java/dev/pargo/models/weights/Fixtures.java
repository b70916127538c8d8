package dev.pargo.models.weights;

import java.nio.file.Path;

/** The location of real weights. */
final class Fixtures {

    private static final Path REFERENCE = Path.of("src/test/fixtures");
    private static final Path BUNDLE = Path.of("../bundle");

    private Fixtures() {}

    /** @param name relative to the fixtures or, if it begins with a bundle's name, to the bundles */
    static Path path(String name) {
        return name.startsWith("pargo-mini/") ? BUNDLE.resolve(name) : REFERENCE.resolve(name);
    }
}
