package dev.pargo.evaluation;

import dev.pargo.evaluation.ask.AskCommand;
import dev.pargo.evaluation.attack.AttackCommand;
import dev.pargo.evaluation.bench.BenchCommand;
import dev.pargo.evaluation.bench.gateway.GatewayBenchCommand;
import dev.pargo.evaluation.benchmark.EvaluateCommand;
import dev.pargo.evaluation.benchmark.ScoreCommand;
import dev.pargo.evaluation.chaos.ChaosCommand;
import dev.pargo.evaluation.client.ChatException;
import dev.pargo.evaluation.compare.CompareCommand;
import dev.pargo.evaluation.input.InputException;
import dev.pargo.evaluation.plan.PlanCommand;
import dev.pargo.evaluation.plan.ScalingCommand;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParseResult;

/** The commands of {@code ./pargo} that talk HTTP to a gateway. */
@Command(
        name = "pargo",
        subcommands = {
            AskCommand.class,
            BenchCommand.class,
            EvaluateCommand.class,
            ScoreCommand.class,
            CompareCommand.class,
            PlanCommand.class,
            ScalingCommand.class,
            ChaosCommand.class,
            AttackCommand.class
        })
public final class EvaluationApplication {

    private static final int FAILED = 1;
    private static final int WRONG_INPUT = 2;

    private EvaluationApplication() {}

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    /** The commands. Errors are printed in one line on standard error. */
    public static CommandLine commandLine() {
        CommandLine line = new CommandLine(new EvaluationApplication());
        line.getSubcommands().get("bench").addSubcommand(new GatewayBenchCommand());
        return line.setExecutionExceptionHandler(EvaluationApplication::tell).setCaseInsensitiveEnumValuesAllowed(true);
    }

    private static int tell(Exception failure, CommandLine line, ParseResult arguments) throws Exception {
        if (!(failure instanceof InputException
                || failure instanceof ChatException
                || failure instanceof IOException)) {
            throw failure;
        }
        line.getErr().printf("pargo: %s%n", message(failure));
        return failure instanceof InputException ? WRONG_INPUT : FAILED;
    }

    private static String message(Exception failure) {
        if (failure instanceof NoSuchFileException missing) {
            return "there is no file or folder " + missing.getFile();
        }
        if (failure instanceof AccessDeniedException denied) {
            return "no permission for " + denied.getFile();
        }
        return String.valueOf(failure.getMessage());
    }
}
