package dev.pargo.evaluation.plan;

import dev.pargo.evaluation.input.InputException;
import dev.pargo.evaluation.plan.Plan.Load;
import dev.pargo.evaluation.plan.Traffic.Tensor;
import dev.pargo.evaluation.report.TextTable;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** Computes the replicas that a load needs from measured times. */
@Command(
        name = "plan",
        description =
                "Computes how many replicas of each stage a load needs, from times that ./pargo bench has measured.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
public final class PlanCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--rps",
            split = ",",
            defaultValue = "1,10,1000,10000",
            description = "Requests per second; default: ${DEFAULT-VALUE}.")
    private List<Double> rates;

    @Option(
            names = "--picture-share",
            defaultValue = "1",
            description = "Share of the requests with a new picture, from 0 to 1; default: ${DEFAULT-VALUE}.")
    private double pictureShare;

    @Option(
            names = "--answer-tokens",
            defaultValue = "64",
            description = "Tokens of an answer; default: ${DEFAULT-VALUE}.")
    private double answerTokens;

    @Option(
            names = "--text",
            required = true,
            paramLabel = "FILE",
            description = "bench --json of text only: --prompt-tokens as many as a prompt with a picture has,"
                    + " --answer-tokens 1 --ignore-eos --concurrency 1.")
    private Path text;

    @Option(
            names = "--pictures",
            required = true,
            paramLabel = "FILE",
            description = "The same with new pictures: --image, --image-variants.")
    private Path pictures;

    @Option(
            names = "--answers",
            required = true,
            paramLabel = "FILE",
            description = "The same as --text with longer answers and --concurrency 1,2,4,8.")
    private Path answers;

    @Option(
            names = "--slots",
            defaultValue = "8",
            description = "Answers that an LLM replica writes at once; default: ${DEFAULT-VALUE}.")
    private int slots;

    @Option(
            names = "--utilisation",
            defaultValue = "0.7",
            description = "Most of what a stage can do that it is used for; default: ${DEFAULT-VALUE}.")
    private double utilisation;

    @Option(
            names = "--gateway-ms",
            defaultValue = "8",
            description = "Milliseconds of a core that the gateway takes for a request; default: ${DEFAULT-VALUE}.")
    private double gatewayMillis;

    @Option(
            names = "--picture-bytes",
            defaultValue = "200000",
            description = "Bytes of a picture; default: ${DEFAULT-VALUE}.")
    private double pictureBytes;

    @Option(
            names = "--features",
            defaultValue = "576x1024x4",
            paramLabel = "ROWSxCOLUMNSxBYTES",
            description = "Features of a picture, as ./pargo inspect shows; default: ${DEFAULT-VALUE}.")
    private String features;

    @Option(
            names = "--visual",
            defaultValue = "304x4096x4",
            paramLabel = "ROWSxCOLUMNSxBYTES",
            description = "Visual tokens of a picture; default: ${DEFAULT-VALUE}.")
    private String visual;

    @Option(
            names = "--check",
            paramLabel = "FILE",
            description = "bench --json of this load on one replica of each stage; what was seen is set beside what is"
                    + " computed.")
    private @Nullable Path check;

    @Option(
            names = "--one-machine",
            description = "With --check: the stages ran on one machine and shared its processor.")
    private boolean oneMachine;

    @Override
    public Integer call() throws IOException {
        if (pictureShare < 0 || pictureShare > 1) {
            throw new InputException("--picture-share must be from 0 to 1");
        }
        if (utilisation <= 0 || utilisation >= 1) {
            throw new InputException("--utilisation must be between 0 and 1");
        }
        if (answerTokens < 1 || slots < 1 || rates.stream().anyMatch(rate -> rate <= 0)) {
            throw new InputException("--rps, --answer-tokens and --slots must be positive");
        }
        Measured measured = Measured.read(text, pictures, answers);
        PrintWriter out = spec.commandLine().getOut();
        out.printf(
                Locale.ROOT,
                "encode %.1f ms, project %.1f ms, prefill %.1f ms (text %.1f ms), outside %.1f ms (text %.1f ms); a step of %s"
                        + "%none replica of each stage answers up to %.1f requests per second%n%n",
                1e3 * measured.encode(),
                1e3 * measured.project(),
                1e3 * measured.prefillPicture(),
                1e3 * measured.prefillText(),
                1e3 * measured.outsidePicture(),
                1e3 * measured.outsideText(),
                measured.steps().stream()
                        .map(step -> String.format(Locale.ROOT, "%d: %.2f ms", step.answers(), 1e3 * step.seconds()))
                        .reduce((a, b) -> a + ", " + b)
                        .orElseThrow(),
                Plan.highestRate(load(1), measured));
        out.print(check == null ? plans(measured) : comparison(measured, check));
        out.flush();
        return 0;
    }

    private Load load(double rate) {
        return new Load(rate, pictureShare, answerTokens, slots, check != null && oneMachine);
    }

    private TextTable plans(Measured measured) {
        Traffic traffic;
        try {
            traffic =
                    Traffic.of(pictureShare, pictureBytes, Tensor.parse(features), Tensor.parse(visual), answerTokens);
        } catch (IllegalArgumentException e) {
            throw new InputException("--features, --visual: " + e.getMessage());
        }
        TextTable table = new TextTable(List.of(
                "RPS",
                "ENCODERS",
                "PROJECTORS",
                "LLMS",
                "WHOLE",
                "GATEWAY CORES",
                "FIRST TOKEN P50",
                "P95",
                "TOTAL P50",
                "P95",
                "IN FLIGHT",
                "CONNECTIONS",
                "UPLOAD",
                "FEATURES",
                "VISUAL",
                "ANSWERS",
                "INSIDE"));
        for (double rate : rates) {
            Plan plan = Plan.within(utilisation, load(rate), measured);
            Plan.Times times = plan.times();
            int cores = (int) Math.ceil(rate * gatewayMillis / 1e3 / utilisation);
            int gateways = (cores + 3) / 4;
            int stages = plan.encoder().replicas()
                    + plan.projector().replicas()
                    + plan.llm().replicas();
            table.row(List.of(
                    number(rate),
                    number(plan.encoder().replicas()),
                    number(plan.projector().replicas()),
                    number(plan.llm().replicas()),
                    number(whole(rate, measured)),
                    number(cores),
                    millis(times.firstTokenP50()),
                    millis(times.firstTokenP95()),
                    millis(times.totalP50()),
                    millis(times.totalP95()),
                    number(Math.ceil(rate * times.totalP50())),
                    number((double) gateways * stages),
                    rate(rate * traffic.upload()),
                    rate(2 * rate * traffic.features()),
                    rate(2 * rate * traffic.visual()),
                    rate(2 * rate * traffic.answer()),
                    rate(rate * traffic.inside())));
        }
        return table;
    }

    /** Replicas of the whole model: each has one device, which all three networks use in turn. */
    private double whole(double rate, Measured measured) {
        double vision = pictureShare * (measured.encode() + measured.project());
        double each = vision + 1 / load(1).answers(measured).highestRate();
        return Math.max(1, Math.ceil(rate * each / utilisation));
    }

    private TextTable comparison(Measured measured, Path seen) throws IOException {
        TextTable table = new TextTable(List.of("LOAD", "WHAT", "COMPUTED", "SEEN", "ERROR"));
        for (JsonNode run : Measured.runs(seen)) {
            String label = run.path("load").asString();
            if (label.endsWith("/s")) {
                double rate = Double.parseDouble(label.substring(0, label.length() - 2));
                if (rate >= Plan.highestRate(load(1), measured)) {
                    throw new InputException("%s: %s is more than is computed to be possible".formatted(seen, label));
                }
                Plan.Times times = Plan.single(load(rate), measured).times();
                row(
                        table,
                        label,
                        "first token p50 ms",
                        1e3 * times.firstTokenP50(),
                        seen(run, "time_to_first_token_ms", 0.5));
                row(
                        table,
                        label,
                        "first token p95 ms",
                        1e3 * times.firstTokenP95(),
                        seen(run, "time_to_first_token_ms", 0.95));
                row(table, label, "total p50 ms", 1e3 * times.totalP50(), seen(run, "total_ms", 0.5));
                row(table, label, "total p95 ms", 1e3 * times.totalP95(), seen(run, "total_ms", 0.95));
            } else {
                row(
                        table,
                        label + " at once",
                        "requests/s",
                        Plan.highestRate(load(1), measured),
                        run.path("requests_per_second").asDouble());
            }
        }
        return table;
    }

    private static void row(TextTable table, String load, String what, double computed, double seen) {
        table.row(List.of(
                load,
                what,
                String.format(Locale.ROOT, "%.1f", computed),
                String.format(Locale.ROOT, "%.1f", seen),
                String.format(Locale.ROOT, "%+.0f %%", 100 * (computed / seen - 1))));
    }

    private static double seen(JsonNode run, String field, double share) {
        double[] values = run.path("requests")
                .valueStream()
                .filter(request -> !request.has("error"))
                .mapToDouble(request -> request.path(field).asDouble())
                .sorted()
                .toArray();
        return Plan.at(values, share);
    }

    private static String number(double value) {
        return value == Math.rint(value) ? String.valueOf((long) value) : String.valueOf(value);
    }

    private static String millis(double seconds) {
        return String.format(Locale.ROOT, "%.0f ms", 1e3 * seconds);
    }

    private static String rate(double bytesPerSecond) {
        List<String> units = Arrays.asList("B/s", "kB/s", "MB/s", "GB/s", "TB/s");
        int unit = 0;
        double value = bytesPerSecond;
        while (value >= 1000 && unit < units.size() - 1) {
            value /= 1000;
            unit++;
        }
        return String.format(Locale.ROOT, value < 10 ? "%.1f %s" : "%.0f %s", value, units.get(unit));
    }
}
