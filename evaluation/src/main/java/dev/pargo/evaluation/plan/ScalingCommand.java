package dev.pargo.evaluation.plan;

import dev.pargo.evaluation.input.InputException;
import dev.pargo.evaluation.plan.AnswerTimes.Step;
import dev.pargo.evaluation.report.TextTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Plays recorded loads against the rules by which Kubernetes scales an LLM stage. */
@Command(
        name = "scaling",
        description = "Plays a recorded load against the rules that scale a stage, in simulated time.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
public final class ScalingCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--trace",
            required = true,
            split = ",",
            paramLabel = "FILE",
            description = "Requests in each 10 s, separated by white space.")
    private List<Path> traces;

    @Option(
            names = "--peak-replicas",
            defaultValue = "8",
            description = "The load is multiplied so that its highest minute needs so many full replicas;"
                    + " default: ${DEFAULT-VALUE}.")
    private double peakReplicas;

    @Option(
            names = "--target",
            split = ",",
            paramLabel = "MEASURE=VALUE",
            defaultValue = "requests=6,kv=0.8,firstTokenSeconds=2",
            description = "As the chart's autoscaling.targets: requests, queued, kv, busy, firstTokenSeconds; default:"
                    + " ${DEFAULT-VALUE}.")
    private Map<String, Double> targets;

    @Option(names = "--min", defaultValue = "2", description = "Default: ${DEFAULT-VALUE}.")
    private int least;

    @Option(names = "--max", defaultValue = "16", description = "Default: ${DEFAULT-VALUE}.")
    private int most;

    @Option(names = "--scale-down-seconds", defaultValue = "300", description = "Default: ${DEFAULT-VALUE}.")
    private double scaleDownSeconds;

    @Option(
            names = "--start-seconds",
            split = ",",
            defaultValue = "30,120",
            description = "From the decision for a replica until it takes requests; default: ${DEFAULT-VALUE}.")
    private List<Double> startSeconds;

    @Option(names = "--prefill-ms", defaultValue = "60", description = "One prompt; default: ${DEFAULT-VALUE}.")
    private double prefillMillis;

    @Option(
            names = "--step-ms",
            split = ",",
            defaultValue = "1=14,32=24",
            paramLabel = "ANSWERS=MS",
            description = "A step that writes a token of each of so many answers; default: ${DEFAULT-VALUE}.")
    private Map<Integer, Double> stepMillis;

    @Option(names = "--answer-tokens", defaultValue = "128", description = "Default: ${DEFAULT-VALUE}.")
    private double answerTokens;

    @Option(names = "--slots", defaultValue = "32", description = "Default: ${DEFAULT-VALUE}.")
    private int slots;

    @Override
    public Integer call() throws IOException {
        if (peakReplicas <= 0 || least < 1 || most < least || slots < 1 || answerTokens < 1) {
            throw new InputException(
                    "--peak-replicas, --min, --slots and --answer-tokens must be positive, --max at least --min");
        }
        AnswerTimes times = new AnswerTimes(
                prefillMillis / 1e3,
                answerTokens,
                stepMillis.entrySet().stream()
                        .sorted(Map.Entry.comparingByKey())
                        .map(step -> new Step(step.getKey(), step.getValue() / 1e3))
                        .toList(),
                slots);
        TextTable table =
                new TextTable(List.of("TRACE", "START", "FIRST TOKEN P50", "P95", "REPLICAS, MEAN", "MOST", "CHANGES"));
        for (Path trace : traces) {
            Arrivals arrivals = Arrivals.read(trace);
            double factor = peakReplicas * times.highestRate() / arrivals.peak();
            for (double start : startSeconds) {
                ScalingSimulation.Result result = ScalingSimulation.run(
                        arrivals.times(factor, new Random(1)),
                        new ScalingRule(targets, least, most, scaleDownSeconds),
                        times,
                        start);
                table.row(List.of(
                        trace.getFileName().toString(),
                        String.format(Locale.ROOT, "%.0f s", start),
                        String.format(Locale.ROOT, "%.2f s", result.firstTokenP50()),
                        String.format(Locale.ROOT, "%.2f s", result.firstTokenP95()),
                        String.format(Locale.ROOT, "%.1f", result.meanReplicas()),
                        String.valueOf(result.mostReplicas()),
                        String.valueOf(result.changes())));
            }
        }
        spec.commandLine().getOut().print(table);
        spec.commandLine().getOut().flush();
        return 0;
    }
}
