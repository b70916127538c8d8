package dev.pargo.evaluation.endpoint;

import dev.pargo.evaluation.EvaluationApplication;
import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/**
 * The output of a command and its exit status.
 *
 * @param status exit status
 */
public record Cli(int status, String out, String err) {

    /** Runs a command of {@code ./pargo} in this process. */
    public static Cli run(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = EvaluationApplication.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true));
        int status = line.execute(arguments);
        return new Cli(status, out.toString(), err.toString());
    }
}
