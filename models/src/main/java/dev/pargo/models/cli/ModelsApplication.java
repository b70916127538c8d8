package dev.pargo.models.cli;

import dev.pargo.models.config.ConfigException;
import dev.pargo.models.torch.PlacementException;
import dev.pargo.models.weights.CheckpointException;
import java.io.UncheckedIOException;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The commands of {@code ./pargo} that work on model files. Only {@code decode-step} and {@code profile} load networks. */
@Command(
        name = "./pargo",
        subcommands = {
            InspectCommand.class,
            SynthesizeCommand.class,
            ExportLlmCommand.class,
            DecodeStepCommand.class,
            ProfileCommand.class
        })
public final class ModelsApplication {

    private ModelsApplication() {}

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        CommandLine commands = new CommandLine(new ModelsApplication());
        commands.getSubcommands()
                .get("synthesize")
                .getCommandSpec()
                .usageMessage()
                .footer(SynthesizeCommand.footer());
        return commands.setUsageHelpAutoWidth(true).setExecutionExceptionHandler(ModelsApplication::report);
    }

    /** Problems of files are reported in one line. Other exceptions are defects and keep their stack traces. */
    private static int report(Exception problem, CommandLine command, CommandLine.ParseResult arguments)
            throws Exception {
        if (problem instanceof UncheckedIOException unreadable) {
            command.getErr()
                    .printf(
                            "pargo: %s: %s%n",
                            problem.getMessage(), unreadable.getCause().getMessage());
        } else if (problem instanceof CheckpointException
                || problem instanceof ConfigException
                || problem instanceof PlacementException) {
            command.getErr().printf("pargo: %s%n", problem.getMessage());
        } else {
            throw problem;
        }
        return CommandLine.ExitCode.SOFTWARE;
    }
}
