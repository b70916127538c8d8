package dev.pargo.models.cli;

import dev.pargo.models.synthesis.Synthesis;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes a model with random weights. */
@Command(
        name = "synthesize",
        description = "Writes a model with random weights in exactly the layout of a published one.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class SynthesizeCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(names = "--preset", required = true, paramLabel = "NAME", description = "What to write; see below.")
    private String preset;

    @Option(names = "--seed", defaultValue = "1", paramLabel = "N", description = "The same gives the same weights.")
    private long seed;

    @Option(names = "--layers", paramLabel = "N", description = "Decoder layers; default: as published.")
    private @Nullable Integer layers;

    @Parameters(paramLabel = "DIR", description = "New directory.")
    private Path directory;

    @Override
    public Integer call() {
        if (!Synthesis.presets().containsKey(preset)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "unknown preset '%s': known are %s"
                            .formatted(
                                    preset,
                                    String.join(", ", Synthesis.presets().keySet())));
        }
        if (layers != null && layers < 1) {
            throw new ParameterException(spec.commandLine(), "--layers must be at least 1");
        }
        Synthesis synthesis =
                Synthesis.begin(preset, directory, layers == null ? OptionalInt.empty() : OptionalInt.of(layers));
        Progress progress = new Progress(spec.commandLine().getErr(), synthesis.bytes());
        synthesis.writeWeights(seed, progress::add);
        progress.finish();
        PrintWriter out = spec.commandLine().getOut();
        out.printf("%s: %.2f GB of random weights%n", directory, synthesis.bytes() / 1e9);
        return 0;
    }

    /** The presets, as the help lists them. */
    static String[] footer() {
        Stream<String> lines = Synthesis.presets().entrySet().stream()
                .map(preset -> "  %-24s %s".formatted(preset.getKey(), preset.getValue()));
        return Stream.concat(Stream.of("%nPresets:".formatted()), lines).toArray(String[]::new);
    }
}
