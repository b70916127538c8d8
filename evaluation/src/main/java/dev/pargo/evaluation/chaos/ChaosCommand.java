package dev.pargo.evaluation.chaos;

import dev.pargo.evaluation.example.Example;
import dev.pargo.evaluation.stack.Repository;
import dev.pargo.evaluation.trial.TrialOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Starts a replicated stack, injects faults, and reports which promises it kept. */
@Command(
        name = "chaos",
        description =
                "Starts a replicated stack, injects faults while clients check every answer, and prints the results."
                        + " Exits with status 1 if a promise was broken.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
public final class ChaosCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(names = "--short", description = "Runs only a few scenarios, in about a minute.")
    private boolean few;

    @Mixin
    private TrialOptions options;

    @Option(
            names = "--replicas",
            defaultValue = "2",
            description = "Replicas of every stage; default: ${DEFAULT-VALUE}.")
    private int replicas;

    @Option(
            names = "--watch",
            paramLabel = "URL",
            description = "Injects no faults: checks the answers of a running stack with the bundled model, while"
                    + " an operator restarts, scales or upgrades it.")
    private @Nullable URI watched;

    @Option(
            names = "--duration",
            defaultValue = "60",
            paramLabel = "SECONDS",
            description = "Time to watch; default: ${DEFAULT-VALUE}.")
    private int seconds;

    @Option(
            names = "--clients",
            defaultValue = "8",
            description = "Number of clients that watch; default: ${DEFAULT-VALUE}.")
    private int clients;

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        out.printf("seed %d%n", options.seed());
        out.flush();
        Path bundle = Repository.bundle();
        AnswerBook book = new AnswerBook(Example.of(bundle));
        Results results = new Results(spec.commandLine().getErr());
        if (watched == null) {
            disturb(bundle, book, results);
        } else {
            watch(watched, book, results);
        }
        return options.publish(results.report(), out);
    }

    private void disturb(Path bundle, AnswerBook book, Results results) throws IOException, InterruptedException {
        List<Scenario> scenarios = options.choose(few ? Scenarios.few() : Scenarios.all(), Scenario::name);
        try (Cluster cluster = new Cluster(bundle, replicas, Map.of(), new Random(options.seed()))) {
            Campaign campaign = new Campaign(cluster, book, options.seed(), results);
            campaign.warmUp();
            for (Scenario scenario : scenarios) {
                campaign.play(scenario);
            }
        }
    }

    private void watch(URI url, AnswerBook book, Results results) throws InterruptedException {
        long begun = System.nanoTime();
        try (Load load = new Load(new Exchange(url, book), book.questions(), Mix.USUAL, clients, options.seed())) {
            TimeUnit.SECONDS.sleep(seconds);
            Tally tally = load.stop();
            results.add(
                    "watched for %d s".formatted(seconds),
                    clients,
                    tally,
                    0,
                    Promise.STREAMS_MAY_BREAK_OFF.broken(tally, begun, Ask.PATIENCE));
        }
    }
}
