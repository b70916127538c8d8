package dev.pargo.evaluation;

import dev.pargo.evaluation.ask.AskCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The commands of {@code ./pargo} that talk to a running gateway. */
@Command(name = "pargo", subcommands = AskCommand.class)
public final class EvaluationApplication {

    private EvaluationApplication() {}

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new EvaluationApplication()).execute(arguments));
    }
}
