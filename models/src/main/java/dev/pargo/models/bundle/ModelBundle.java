package dev.pargo.models.bundle;

import dev.pargo.models.weights.Fingerprint;
import dev.pargo.models.weights.FusionCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/**
 * A model that was trained together: vision encoder, projector and LLM, with the preprocessing and the prompt that they
 * expect. A directory with a manifest and the published checkpoint files.
 *
 * @param directory where the manifest lies
 * @param manifest  its content
 */
public record ModelBundle(Path directory, Manifest manifest) {

    private static final JsonMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    /**
     * Reads a bundle's manifest; no weights are read.
     *
     * @param path the manifest itself, or a directory with a {@code bundle.json} or a JSON file of the directory's name
     * @throws BundleException if there is none or it is not valid
     */
    public static ModelBundle read(Path path) {
        Path file = manifestFile(path);
        try {
            Manifest manifest = JSON.readValue(Files.readAllBytes(file), Manifest.class);
            require(file, manifest);
            return new ModelBundle(file.toAbsolutePath().getParent(), manifest);
        } catch (IOException e) {
            throw new BundleException("cannot read " + file, e);
        } catch (JacksonException e) {
            String problem = e.getOriginalMessage().lines().findFirst().orElse("");
            throw new BundleException("%s is not a bundle manifest: %s%s".formatted(file, problem, location(e)), e);
        }
    }

    public String name() {
        return manifest.name();
    }

    /**
     * Names what was trained together: the manifest's revision, or else a hash over the manifest and all weights. Equal
     * for stages that serve one bundle, also on different hosts. A host that holds only its stage's files needs a
     * manifest with a revision.
     *
     * @throws BundleException if the manifest has no revision and a file is not there
     */
    public String revision() {
        if (manifest.revision() != null) {
            return manifest.revision();
        }
        Fingerprint fingerprint = new Fingerprint().add("manifest", JSON.writeValueAsString(manifest));
        weightFiles().map(this::resolve).forEach(file -> fingerprint.add(FusionCheckpoint.open(file)));
        return fingerprint.hex();
    }

    private Stream<String> weightFiles() {
        Manifest.Lora lora = manifest.llm().lora();
        return Stream.of(
                        manifest.vision().file(),
                        manifest.projector().file(),
                        manifest.llm().dir(),
                        lora == null ? manifest.llm().dir() : lora.file())
                .distinct();
    }

    /**
     * A file of the bundle.
     *
     * @throws BundleException if it is not there
     */
    public Path resolve(String file) {
        Path resolved = directory.resolve(file).normalize();
        if (!Files.exists(resolved)) {
            throw new BundleException("bundle '%s' names %s, which is not there".formatted(name(), resolved));
        }
        return resolved;
    }

    private static Path manifestFile(Path path) {
        if (Files.isRegularFile(path)) {
            return path;
        }
        if (!Files.isDirectory(path)) {
            throw new BundleException("there is no model bundle at " + path.toAbsolutePath());
        }
        Path name = path.toAbsolutePath().normalize().getFileName();
        return Stream.of("bundle.json", name + ".json")
                .map(path::resolve)
                .filter(Files::isRegularFile)
                .findFirst()
                .orElseThrow(() -> new BundleException("%s has neither bundle.json nor %s.json".formatted(path, name)));
    }

    private static String location(JacksonException e) {
        String path = e.getPath().stream()
                .map(JacksonException.Reference::getPropertyName)
                .filter(Objects::nonNull)
                .collect(Collectors.joining("."));
        return path.isEmpty() ? "" : " (at %s)".formatted(path);
    }

    private static void require(Path file, Manifest manifest) {
        requireSection(file, "name", manifest.name());
        requireSection(file, "image", manifest.image());
        requireSection(file, "vision", manifest.vision());
        requireSection(file, "projector", manifest.projector());
        requireSection(file, "llm", manifest.llm());
        requireSection(file, "prompt", manifest.prompt());
    }

    private static void requireSection(Path file, String name, @Nullable Object value) {
        if (value == null) {
            throw new BundleException("%s has no \"%s\"".formatted(file, name));
        }
    }
}
