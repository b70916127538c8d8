package dev.pargo.models.cli;

import dev.pargo.models.bundle.ModelBundle;
import dev.pargo.models.export.LlmExport;
import dev.pargo.models.tensor.DType;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes the LLM of a bundle for programs that do not know the bundle. */
@Command(
        name = "export-llm",
        description =
                "Writes the LLM of a bundle, with its adapter merged in, as a directory that transformers and vLLM load.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class ExportLlmCommand implements Callable<Integer> {

    private static final List<String> TYPES = List.of("float32", "bfloat16", "float16");

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--dtype",
            paramLabel = "TYPE",
            description = "float32, bfloat16 or float16; default: as it is stored.")
    private @Nullable String dtype;

    @Parameters(paramLabel = "BUNDLE", description = "Directory of a model bundle.")
    private Path bundle;

    @Parameters(paramLabel = "DIR", description = "New directory.")
    private Path directory;

    @Override
    public Integer call() {
        if (dtype != null && !TYPES.contains(dtype)) {
            throw new ParameterException(
                    spec.commandLine(), "unknown dtype '%s': known are %s".formatted(dtype, String.join(", ", TYPES)));
        }
        LlmExport export = new LlmExport(
                ModelBundle.read(bundle), dtype == null ? null : DType.valueOf(dtype.toUpperCase(Locale.ROOT)));
        Progress progress = new Progress(spec.commandLine().getErr(), export.bytes());
        export.write(directory, progress::add);
        progress.finish();
        spec.commandLine()
                .getOut()
                .printf(
                        "%s: %.2f GB in %s%n",
                        directory, export.bytes() / 1e9, export.dtype().name().toLowerCase(Locale.ROOT));
        spec.commandLine().getOut().flush();
        return 0;
    }
}
