package dev.pargo.models.cli;

import dev.pargo.models.inspect.Inspector;
import dev.pargo.models.inspect.Report;
import dev.pargo.models.inspect.ReportText;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Shows the contents of a bundle or a checkpoint. Exits with 1 if something is missing or contradictory. */
@Command(
        name = "inspect",
        description = "Shows the contents of a bundle, a model directory or a checkpoint, without loading it.",
        mixinStandardHelpOptions = true)
final class InspectCommand implements Callable<Integer> {

    private static final JsonMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build();

    @Spec
    private CommandSpec spec;

    @Option(names = "--json", description = "The whole report as JSON.")
    private boolean json;

    @Parameters(paramLabel = "PATH", description = "Directory or file.")
    private Path path;

    @Override
    public Integer call() {
        Report report = Inspector.inspect(path);
        spec.commandLine().getOut().println(json ? JSON.writeValueAsString(report) : new ReportText(report));
        return report.isComplete() ? 0 : 1;
    }
}
