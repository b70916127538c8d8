package dev.pargo.evaluation.bench;

import dev.pargo.evaluation.client.ChatClient;
import dev.pargo.evaluation.client.EndpointOptions;
import dev.pargo.evaluation.input.InputException;
import dev.pargo.evaluation.progress.ProgressBar;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Measures how fast an OpenAI-compatible endpoint answers. */
@Command(
        name = "bench",
        description = "Measures how fast an endpoint answers, under several loads.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
public final class BenchCommand implements Callable<Integer> {

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .build();

    @Spec
    private CommandSpec spec;

    @Mixin
    private EndpointOptions endpoint;

    @Option(names = "--model", description = "Model to ask; default: the endpoint's first.")
    private @Nullable String model;

    @Option(names = "--against", paramLabel = "URL", description = "Another endpoint; the two are measured in turn.")
    private @Nullable URI against;

    @Option(names = "--against-model", description = "Its model; default: its first.")
    private @Nullable String againstModel;

    @Mixin
    private WorkloadOptions workload;

    @Option(
            names = "--concurrency",
            split = ",",
            defaultValue = "1,2,4,8",
            description = "Concurrent requests, one level for each number; default: ${DEFAULT-VALUE}.")
    private List<Integer> concurrency;

    @Option(
            names = "--rate",
            split = ",",
            paramLabel = "PER_SECOND",
            description = "Requests per second, at random times (Poisson), instead of a concurrency.")
    private @Nullable List<Double> rates;

    @Option(names = "--requests", defaultValue = "32", description = "Requests per level; default: ${DEFAULT-VALUE}.")
    private int requests;

    @Option(
            names = "--duration",
            paramLabel = "SECONDS",
            description = "Time of a level, instead of a number of requests.")
    private int durationSeconds;

    @Option(
            names = "--warmup",
            defaultValue = "4",
            description = "Requests before the measurement; default: ${DEFAULT-VALUE}.")
    private int warmup;

    @Option(names = "--rounds", description = "Rounds in which a level is measured; default: 1, and 4 with --against.")
    private int rounds;

    @Option(
            names = "--slo-ttft",
            defaultValue = "1000",
            paramLabel = "MS",
            description = "Longest time to first token of a good answer; default: ${DEFAULT-VALUE}.")
    private double sloFirstToken;

    @Option(
            names = "--slo-tpot",
            defaultValue = "100",
            paramLabel = "MS",
            description = "Longest time per output token of a good answer; default: ${DEFAULT-VALUE}.")
    private double sloPerToken;

    @Option(names = "--json", paramLabel = "FILE", description = "Writes all figures as JSON.")
    private @Nullable Path json;

    @Option(names = "--html", paramLabel = "FILE", description = "Writes a page with plots.")
    private @Nullable Path html;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Instant started = Instant.now();
        Slo slo = new Slo(sloFirstToken, sloPerToken);
        List<TestedEndpoint> targets = targets();
        BenchReport report = new BenchReport(measure(targets, slo), slo);
        print(report);
        if (json != null) {
            Files.write(json, JSON.writeValueAsBytes(BenchJson.of(started.toString(), workload.describe(), report)));
        }
        if (html != null) {
            Files.writeString(html, new BenchPage(report, workload.describe()).toHtml());
        }
        return report.measurements().stream().anyMatch(one -> one.failed() > 0) ? 1 : 0;
    }

    private List<Measurement> measure(List<TestedEndpoint> targets, Slo slo) throws IOException, InterruptedException {
        List<Level> levels = levels();
        int turns = rounds > 0 ? rounds : targets.size() == 1 ? 1 : 4;
        Budget budget =
                durationSeconds > 0 ? Budget.time(Duration.ofSeconds(durationSeconds)) : Budget.requests(requests);
        int runs = levels.size() * targets.size() * turns;
        int steps = budget.isTimed() ? runs : runs * budget.split(turns).requests() + targets.size() * warmup;
        Workload asked =
                workload.workload(targets.get(0).client(), targets.get(0).model());
        try (ProgressBar progress = new ProgressBar(spec.commandLine().getErr(), "bench", 0, steps);
                LoadGenerator load = new LoadGenerator(
                        new RequestTimer(asked, budget.isTimed() ? () -> {} : progress::step),
                        workload.turns(),
                        workload.seed())) {
            for (TestedEndpoint target : targets) {
                warmUp(target, load);
            }
            return new InterleavedRun(targets, turns, slo, budget.isTimed() ? progress::step : () -> {})
                    .measure(levels, budget, load);
        }
    }

    /** Do not measure an endpoint that fails every request. */
    private void warmUp(TestedEndpoint target, LoadGenerator load) throws IOException, InterruptedException {
        List<Sample> samples = load.run(target, Level.closed(2), Budget.requests(warmup), 0);
        if (warmup > 0 && samples.stream().allMatch(sample -> sample.outcome() == Sample.Outcome.FAILED)) {
            throw new IOException(
                    "%s fails: %s".formatted(target.name(), samples.get(0).error()));
        }
    }

    private List<TestedEndpoint> targets() throws IOException {
        List<TestedEndpoint> targets = new ArrayList<>();
        targets.add(target(endpoint.url(), model));
        if (against != null) {
            TestedEndpoint other = target(against, againstModel);
            boolean itself = other.name().equals(targets.get(0).name());
            targets.add(itself ? new TestedEndpoint(other.name() + ", again", other.client(), other.model()) : other);
        }
        return targets;
    }

    private TestedEndpoint target(URI url, @Nullable String wanted) throws IOException {
        ChatClient client = endpoint.connect(url);
        String asked = EndpointOptions.model(client, wanted);
        return new TestedEndpoint(
                against == null ? asked : "%s at %s".formatted(asked, url.getAuthority()), client, asked);
    }

    private List<Level> levels() {
        List<Level> levels = rates == null
                ? concurrency.stream().map(Level::closed).toList()
                : rates.stream().map(Level::open).toList();
        if (levels.stream()
                        .anyMatch(level -> level.concurrency() < 0 || level.rate() < 0 || level.equals(new Level(0, 0)))
                || requests < 1
                || warmup < 0) {
            throw new InputException("--concurrency, --rate and --requests must be positive");
        }
        if (rates != null && workload.turns() > 1) {
            throw new InputException("--turns needs --concurrency: a question waits for the answer before it");
        }
        return levels;
    }

    private void print(BenchReport report) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(workload.describe());
        out.println();
        out.print(report.latencies());
        out.println(report.legend());
        report.stages().ifPresent(stages -> {
            out.println();
            out.println("Where the time goes on the server (means, ms):");
            out.print(stages);
        });
        report.measurements().stream()
                .flatMap(one -> one.firstError().stream())
                .findFirst()
                .ifPresent(error -> out.printf("%nFirst failure: %s%n", error));
        out.flush();
    }
}
