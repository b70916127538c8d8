package dev.pargo.evaluation.bench.gateway;

import dev.pargo.evaluation.example.Example;
import dev.pargo.evaluation.report.TextTable;
import dev.pargo.evaluation.stack.Repository;
import dev.pargo.evaluation.stack.ServiceKind;
import dev.pargo.evaluation.stack.ServiceProcess;
import dev.pargo.evaluation.stack.StackPorts;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.LongFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures what the gateway adds to a request, with a real gateway in front of stages that answer at once. */
@Command(
        name = "gateway",
        description =
                "Starts a gateway in front of stages that answer at once, and measures what it costs: requests a second,"
                        + " latency, processor time for each request and token, and the transfer of tensors. The load and"
                        + " the stages run in this process, on the same processors.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
public final class GatewayBenchCommand implements Callable<Integer> {

    private static final int TOKENS = 256;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--seconds",
            defaultValue = "10",
            description = "Time of each measurement; default: ${DEFAULT-VALUE}.")
    private double seconds;

    @Option(
            names = "--warm-up",
            paramLabel = "SECONDS",
            defaultValue = "20",
            description =
                    "Time of load before the first measurement, for the JVM to compile; default: ${DEFAULT-VALUE}.")
    private double warmUp;

    @Option(
            names = "--connections",
            defaultValue = "16",
            description = "Connections that requests are sent over; default: ${DEFAULT-VALUE}.")
    private int connections;

    @Option(
            names = "--rate",
            defaultValue = "500",
            paramLabel = "PER_SECOND",
            description = "Rate of requests for the latencies; default: ${DEFAULT-VALUE}.")
    private double rate;

    @Option(
            names = "--pace",
            defaultValue = "20",
            paramLabel = "MS",
            description =
                    "Time between the tokens of a stream that is written in real time; default: ${DEFAULT-VALUE}.")
    private int paceMillis;

    @Option(names = "--jvm", paramLabel = "OPTION", description = "More options of the gateway's JVM.")
    private List<String> options = List.of();

    @Override
    public Integer call() throws IOException, InterruptedException {
        StackPorts ports = StackPorts.free();
        try (InstantStages stages = InstantStages.start();
                ServiceProcess gateway = ServiceProcess.start(ServiceKind.GATEWAY, ports, stages.settings(), options)) {
            gateway.awaitReady();
            int port = ports.work(ServiceKind.GATEWAY);
            Example example = Example.of(Repository.bundle()).get(0);
            requests(port, gateway, example);
            streams(port, gateway, stages);
            newPictures(port, gateway, example);
            tensors(stages);
            return 0;
        }
    }

    private void requests(int port, ServiceProcess gateway, Example example) throws IOException, InterruptedException {
        TextTable table = new TextTable(List.of(
                "request",
                "requests/s",
                "gateway's us each",
                "at " + format("%.0f", rate) + "/s: p50 ms",
                "p90",
                "p99"));
        try (FixedAnswer nothing = FixedAnswer.start();
                ConnectionLoad load = new ConnectionLoad(nothing.port(), connections)) {
            measureRequests("without a gateway: the load's own time", Requests.health(), load, gateway, table);
        }
        try (ConnectionLoad load = new ConnectionLoad(port, connections);
                KeptConnection one = new KeptConnection(port)) {
            one.exchange(Requests.uploading(example));
            load.closed(Requests.text(), millis(warmUp));
            measureRequests("GET /health: no stage", Requests.health(), load, gateway, table);
            measureRequests("text", Requests.text(), load, gateway, table);
            measureRequests("known picture by its name", Requests.byName(), load, gateway, table);
            String kilobytes = format("known picture, %.0f kB", example.picture().length / 1e3);
            measureRequests(kilobytes, Requests.inline(example), load, gateway, table);
        }
        print(table);
    }

    private void measureRequests(
            String name, LongFunction<byte[]> request, ConnectionLoad load, ServiceProcess gateway, TextTable table)
            throws IOException, InterruptedException {
        load.closed(request, time());
        Duration before = gateway.processorTime();
        ConnectionLoad.Result most = load.closed(request, time());
        double micros = micros(gateway, before) / most.answered();
        ConnectionLoad.Result timed = load.open(request, rate, time());
        table.row(List.of(
                name,
                format("%.0f", most.perSecond()),
                format("%.0f", micros),
                format("%.2f", timed.millis().p50()),
                format("%.2f", timed.millis().p90()),
                format("%.2f", timed.millis().p99())));
    }

    private void streams(int port, ServiceProcess gateway, InstantStages stages)
            throws IOException, InterruptedException {
        double idle = idle(gateway);
        TextTable table = new TextTable(List.of(
                "streams at once",
                "a token every",
                "tokens/s",
                "gateway's us a token",
                "us a second without requests"));
        measureStreams(4, Duration.ZERO, idle, port, gateway, stages, table);
        measureStreams(connections, Duration.ofMillis(paceMillis), idle, port, gateway, stages, table);
        print(table);
    }

    /** Microseconds of processor time that the gateway uses in a second without requests, to watch its stages. */
    private double idle(ServiceProcess gateway) throws InterruptedException {
        Duration before = gateway.processorTime();
        TimeUnit.NANOSECONDS.sleep(time().toNanos());
        return micros(gateway, before) / seconds;
    }

    /**
     * Measures the cost of a token. The cost of a request with an answer of one token is subtracted, and so is what the
     * gateway uses without requests.
     */
    private void measureStreams(
            int streams,
            Duration pace,
            double idle,
            int port,
            ServiceProcess gateway,
            InstantStages stages,
            TextTable table)
            throws IOException, InterruptedException {
        try (ConnectionLoad load = new ConnectionLoad(port, streams)) {
            stages.pace(Duration.ZERO);
            load.closed(Requests.stream(1), time());
            Duration before = gateway.processorTime();
            int requests = load.closed(Requests.stream(1), time()).answered();
            double perRequest = micros(gateway, before) / requests;
            stages.pace(pace);
            load.closed(Requests.stream(TOKENS), time());
            before = gateway.processorTime();
            ConnectionLoad.Result result = load.closed(Requests.stream(TOKENS), time());
            double tokens = (double) result.answered() * TOKENS;
            double micros = micros(gateway, before) - perRequest * result.answered() - idle * result.seconds();
            table.row(List.of(
                    String.valueOf(streams),
                    pace.isZero() ? "at once" : paceMillis + " ms",
                    format("%.0f", tokens / result.seconds()),
                    format("%.1f", micros / tokens),
                    format("%.0f", idle)));
            stages.pace(Duration.ZERO);
        }
    }

    private void newPictures(int port, ServiceProcess gateway, Example example)
            throws IOException, InterruptedException {
        TextTable table =
                new TextTable(List.of("new pictures, one at a time", "ms p50", "p99", "gateway's ms of processor"));
        try (ConnectionLoad load = new ConnectionLoad(port, 1)) {
            load.closed(Requests.fresh(example), time());
            Duration before = gateway.processorTime();
            ConnectionLoad.Result result = load.closed(Requests.fresh(example), time());
            table.row(List.of(
                    "576 x 1024 features, 304 x 4096 visual tokens, bfloat16",
                    format("%.2f", result.millis().p50()),
                    format("%.2f", result.millis().p99()),
                    format("%.2f", micros(gateway, before) / result.answered() / 1e3)));
        }
        print(table);
    }

    private void tensors(InstantStages stages) throws IOException, InterruptedException {
        TensorTransfer.ofTensors(stages.port(), time());
        double tensors = TensorTransfer.ofTensors(stages.port(), time());
        TensorTransfer.ofBytes(stages.port(), time());
        double bytes = TensorTransfer.ofBytes(stages.port(), time());
        double tcp = TensorTransfer.overTcp(time());
        TextTable table = new TextTable(List.of("transfer over loopback", "GB/s", "of TCP"));
        transferred("tensor stream", tensors, tcp, table);
        transferred("the same bytes over gRPC, unchecked", bytes, tcp, table);
        transferred("TCP", tcp, tcp, table);
        print(table);
    }

    private static void transferred(String name, double perSecond, double tcp, TextTable table) {
        table.row(List.of(name, format("%.2f", perSecond / 1e9), format("%.0f %%", 100 * perSecond / tcp)));
    }

    private static double micros(ServiceProcess gateway, Duration before) {
        return gateway.processorTime().minus(before).toNanos() / 1e3;
    }

    private Duration time() {
        return millis(seconds);
    }

    private static Duration millis(double seconds) {
        return Duration.ofMillis((long) (1000 * seconds));
    }

    private void print(TextTable table) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(table);
        out.flush();
    }

    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
