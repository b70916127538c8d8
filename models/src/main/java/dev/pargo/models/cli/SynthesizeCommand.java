package dev.pargo.models.cli;

import dev.pargo.models.bundle.ModelBundle;
import dev.pargo.models.projector.ProjectorConfig;
import dev.pargo.models.synthesis.ProjectorVariant;
import dev.pargo.models.synthesis.Synthesis;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes a model, or a projector for one, with random weights. */
@Command(
        name = "synthesize",
        description =
                "Writes a model with random weights in exactly the layout of a published one, or a projector for one.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class SynthesizeCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @ArgGroup(multiplicity = "1")
    private What what;

    /** A whole model, or a projector alone. */
    private static final class What {

        @Option(names = "--preset", required = true, paramLabel = "NAME", description = "A model; see below.")
        private @Nullable String preset;

        @ArgGroup(exclusive = false)
        private @Nullable Variant variant;
    }

    /** A projector for the encoder and the LLM of another bundle. */
    private static final class Variant {

        @Option(
                names = "--projector",
                required = true,
                paramLabel = "TYPE",
                description = "A projector alone; see below.")
        private String type;

        @Option(
                names = "--beside",
                required = true,
                paramLabel = "BUNDLE",
                description = "The bundle whose encoder and LLM it is for.")
        private Path bundle;

        @Option(
                names = "--visual-tokens",
                paramLabel = "N",
                description = "Visual tokens of an image; default: those of the bundle's projector or of the release.")
        private @Nullable Integer visualTokens;
    }

    @Option(
            names = "--seed",
            defaultValue = "1",
            paramLabel = "N",
            description = "The same seed gives the same weights.")
    private long seed;

    @Option(names = "--layers", paramLabel = "N", description = "Decoder layers of a preset; default: as published.")
    private @Nullable Integer layers;

    @Parameters(paramLabel = "DIR", description = "New directory.")
    private Path directory;

    @Override
    public Integer call() {
        if (what.variant != null) {
            variant(what.variant);
        } else {
            preset(Objects.requireNonNull(what.preset));
        }
        return 0;
    }

    private void variant(Variant variant) {
        requireKnown("projector", variant.type, ProjectorConfig.TYPES);
        requirePositive("--visual-tokens", variant.visualTokens);
        ModelBundle base = ModelBundle.read(variant.bundle);
        ProjectorConfig projector =
                ProjectorVariant.write(base, variant.type, optional(variant.visualTokens), directory, seed);
        out("%s: %s of random weights, %d visual tokens%n"
                .formatted(
                        directory,
                        projector.network(),
                        ProjectorVariant.visualTokens(
                                projector, base.vision().config().square())));
    }

    private void preset(String preset) {
        requireKnown("preset", preset, Synthesis.presets().keySet());
        requirePositive("--layers", layers);
        Synthesis synthesis = Synthesis.begin(preset, directory, optional(layers));
        Progress progress = new Progress(spec.commandLine().getErr(), synthesis.bytes());
        synthesis.writeWeights(seed, progress::add);
        progress.finish();
        out("%s: %.2f GB of random weights%n".formatted(directory, synthesis.bytes() / 1e9));
    }

    private void out(String line) {
        spec.commandLine().getOut().print(line);
        spec.commandLine().getOut().flush();
    }

    private void requireKnown(String what, String name, Collection<String> known) {
        if (!known.contains(name)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "unknown %s '%s': known are %s".formatted(what, name, String.join(", ", known)));
        }
    }

    private void requirePositive(String option, @Nullable Integer number) {
        if (number != null && number < 1) {
            throw new ParameterException(spec.commandLine(), option + " must be at least 1");
        }
    }

    private static OptionalInt optional(@Nullable Integer number) {
        return number == null ? OptionalInt.empty() : OptionalInt.of(number);
    }

    /** The presets, as the help lists them. */
    static String[] footer() {
        Stream<String> lines = Synthesis.presets().entrySet().stream()
                .map(preset -> "  %-24s %s".formatted(preset.getKey(), preset.getValue()));
        String projectors = "%nProjectors: %s".formatted(String.join(", ", ProjectorConfig.TYPES));
        return Stream.concat(Stream.of(projectors, "%nPresets:".formatted()), lines)
                .toArray(String[]::new);
    }
}
