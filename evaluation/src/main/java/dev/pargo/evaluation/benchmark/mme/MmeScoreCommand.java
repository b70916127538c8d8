package dev.pargo.evaluation.benchmark.mme;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Scores a folder of MME result files, made by any program. */
@Command(name = "mme", description = "Scores a folder of MME result files.", mixinStandardHelpOptions = true)
public final class MmeScoreCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(names = "--json", description = "Prints JSON instead of the reference's text.")
    private boolean json;

    @Parameters(paramLabel = "DIR", description = "Folder with SUBTASK.txt files.")
    private Path results;

    @Override
    public Integer call() throws IOException {
        MmeScores scores = MmeScores.of(results);
        spec.commandLine().getOut().print(json ? scores.toJson() + "\n" : scores.toText());
        spec.commandLine().getOut().flush();
        return 0;
    }
}
