package dev.pargo.evaluation.stack;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;

/** Checks that idle services hold nothing: gauges are at zero, and memory is as before. */
public final class Rest {

    private static final Duration SETTLES_WITHIN = Duration.ofSeconds(15);
    private static final List<String> STAGE =
            List.of("pargo.stage.admitted", "pargo.stage.admitted.bytes", "pargo.stage.queue.depth");
    private static final Map<ServiceKind, List<String>> GAUGES = Map.of(
            ServiceKind.ENCODER,
            STAGE,
            ServiceKind.PROJECTOR,
            STAGE,
            ServiceKind.LLM,
            List.of(
                    "pargo.stage.admitted",
                    "pargo.stage.admitted.bytes",
                    "pargo.llm.requests.running",
                    "pargo.llm.requests.waiting",
                    "pargo.llm.kv.utilization"),
            ServiceKind.GATEWAY,
            List.of(
                    "pargo.gateway.active",
                    "pargo.gateway.visual.held",
                    "pargo.gateway.bodies.held",
                    "pargo.gateway.answers.held"));
    /** Allowance for uncollected garbage and for caches that have filled. */
    private static final long SLACK = 160L << 20;

    private final Map<ServiceKind, Long> usual = new EnumMap<>(ServiceKind.class);

    /** Records the memory of services that have answered for a while. */
    public void note(List<ServiceProcess> processes) throws IOException {
        for (ServiceProcess process : processes) {
            usual.merge(process.kind(), process.residentBytes(), Math::max);
        }
    }

    /** Waits until all services are idle. Returns what did not become idle, in words. */
    public List<String> broken(List<ServiceProcess> processes) throws IOException, InterruptedException {
        long limit = System.nanoTime() + SETTLES_WITHIN.toNanos();
        List<String> unrest = unrest(processes);
        while (!unrest.isEmpty() && System.nanoTime() < limit) {
            TimeUnit.MILLISECONDS.sleep(200);
            unrest = unrest(processes);
        }
        return unrest;
    }

    private List<String> unrest(List<ServiceProcess> processes) throws IOException {
        List<String> unrest = new ArrayList<>();
        for (ServiceProcess process : processes) {
            if (!process.isAlive()) {
                unrest.add("the %s has ended".formatted(process.kind().label()));
                continue;
            }
            for (String gauge : GAUGES.get(process.kind())) {
                OptionalDouble value = process.findMetric(gauge);
                if (value.isEmpty() || value.getAsDouble() != 0) {
                    unrest.add(
                            "%s of the %s is %s".formatted(gauge, process.kind().label(), value));
                }
            }
            long resident = process.residentBytes();
            long known = usual.getOrDefault(process.kind(), Long.MAX_VALUE - SLACK);
            if (resident > known + SLACK) {
                unrest.add("the %s holds %d MB at rest, %d MB before"
                        .formatted(process.kind().label(), resident >> 20, known >> 20));
            }
        }
        return unrest;
    }
}
