package dev.pargo.evaluation.chaos;

import dev.pargo.evaluation.client.ChatClient;
import dev.pargo.evaluation.example.Example;
import dev.pargo.evaluation.input.InputException;
import dev.pargo.evaluation.stack.Repository;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
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

    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    @Spec
    private CommandSpec spec;

    @Option(names = "--short", description = "Runs only a few scenarios, in about a minute.")
    private boolean few;

    @Option(
            names = "--only",
            paramLabel = "WORD",
            split = ",",
            description = "Runs only the scenarios whose names contain one of these words.")
    private @Nullable List<String> only;

    @Option(
            names = "--replicas",
            defaultValue = "2",
            description = "Replicas of every stage; default: ${DEFAULT-VALUE}.")
    private int replicas;

    @Option(names = "--seed", description = "Seed of what clients ask; default: a random one.")
    private @Nullable Long seed;

    @Option(names = "--markdown", paramLabel = "FILE", description = "Writes the table in Markdown.")
    private @Nullable Path markdown;

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
        long chosen = seed == null ? ThreadLocalRandom.current().nextLong() : seed;
        AnswerBook book = new AnswerBook(Example.of(bundle()));
        PrintWriter out = spec.commandLine().getOut();
        out.printf("seed %d%n", chosen);
        out.flush();
        Results results = watched == null ? disturb(book, chosen) : watch(watched, book, chosen);
        out.print(results.table());
        out.flush();
        if (markdown != null) {
            Files.writeString(markdown, results.table().toMarkdown());
        }
        return results.wereKept() ? 0 : 1;
    }

    private Results disturb(AnswerBook book, long chosen) throws IOException, InterruptedException {
        Path second = Revision.second(bundle(), Files.createTempDirectory("pargo-chaos"));
        List<Scenario> scenarios = scenarios(second);
        if (scenarios.stream().anyMatch(scenario -> scenario.mix() == Mix.KNOWN_PICTURES)) {
            book.put(Revision.SECOND, answers(second, book));
        }
        try (Cluster cluster = new Cluster(bundle(), replicas, Map.of(), new Random(chosen))) {
            Campaign campaign =
                    new Campaign(cluster, book, chosen, spec.commandLine().getErr());
            campaign.warmUp();
            for (Scenario scenario : scenarios) {
                campaign.play(scenario);
            }
            return campaign.results();
        }
    }

    private Results watch(URI url, AnswerBook book, long chosen) throws InterruptedException {
        try (Load load = new Load(new Exchange(url, book), book.questions(), Mix.USUAL, clients, chosen)) {
            TimeUnit.SECONDS.sleep(seconds);
            Tally tally = load.stop();
            List<String> broken = Promise.STREAMS_MAY_BREAK_OFF.broken(tally, Ask.PATIENCE);
            broken.forEach(spec.commandLine().getErr()::println);
            Results results = new Results();
            results.add("watched for %d s".formatted(seconds), tally, "-", broken.isEmpty());
            return results;
        }
    }

    private List<Scenario> scenarios(Path second) {
        List<Scenario> scenarios = few ? Scenarios.few() : Scenarios.all(bundle(), second);
        if (only == null) {
            return scenarios;
        }
        List<Scenario> chosen = scenarios.stream()
                .filter(scenario -> only.stream().anyMatch(scenario.name()::contains))
                .toList();
        if (chosen.isEmpty()) {
            throw new InputException("there is no such scenario; there are: "
                    + String.join("; ", scenarios.stream().map(Scenario::name).toList()));
        }
        return chosen;
    }

    /** The answers of a revision that is served alone. */
    private static List<String> answers(Path bundle, AnswerBook book) throws IOException {
        try (Cluster alone = new Cluster(bundle, 1, Map.of(), new Random(0))) {
            ChatClient client = new ChatClient(alone.url(), null, TIMEOUT);
            List<String> answers = new ArrayList<>();
            for (Example question : book.questions()) {
                answers.add(client.complete(Ask.plain(question).toQuestion()).text());
            }
            return answers;
        }
    }

    /** Looked up when it is needed, because the other commands also run outside a checked-out project. */
    private static Path bundle() {
        return Repository.file("bundle/pargo-mini");
    }
}
