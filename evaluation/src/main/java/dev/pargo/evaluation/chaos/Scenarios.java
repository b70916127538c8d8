package dev.pargo.evaluation.chaos;

import dev.pargo.evaluation.stack.ServiceKind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The scenarios of a chaos run. */
final class Scenarios {

    private static final Duration HANGS = Duration.ofSeconds(12);
    private static final Duration DISTURBED = Duration.ofSeconds(6);
    private static final Duration OVERLOADED = Duration.ofSeconds(6);
    private static final int CROWD = 300;

    private Scenarios() {}

    /** All scenarios; about ten minutes. */
    static List<Scenario> all(Path first, Path second) {
        List<Scenario> all = new ArrayList<>();
        all.add(new Scenario("nothing", scene -> scene.pass(DISTURBED), Promise.NOTHING_IS_LOST));
        for (ServiceKind kind : ServiceKind.STAGES) {
            all.add(process("kill -9", kind, ProcessFaults.kill(kind)));
            all.add(process("SIGSTOP", kind, ProcessFaults.freeze(kind, HANGS)));
            all.add(process("SIGTERM", kind, ProcessFaults.terminate(kind)));
        }
        for (ServiceKind kind : ServiceKind.STAGES) {
            for (Disturbance disturbance : Disturbance.values()) {
                if (disturbance != Disturbance.NONE) {
                    all.add(network(disturbance, kind));
                }
            }
        }
        all.add(new Scenario("rolling restart", ProcessFaults.rollingRestart(), Promise.NOTHING_IS_LOST));
        all.add(rollout("rolling weights, 8 clients", first, second));
        all.add(rollout("rolling weights, 1 client", first, second).withClients(1));
        all.add(new Scenario(
                        "LLM dies in long streams", ProcessFaults.kill(ServiceKind.LLM), Promise.STREAMS_MAY_BREAK_OFF)
                .with(Mix.LONG_STREAMS));
        for (ServiceKind kind : ServiceKind.STAGES) {
            all.add(new Scenario(
                    "all replicas lost, " + kind.label(),
                    ProcessFaults.loseStage(kind),
                    kind == ServiceKind.LLM ? Promise.REFUSALS_AND_BROKEN_STREAMS : Promise.REFUSALS));
        }
        all.add(new Scenario("gateway before its stages", ProcessFaults.stagesFollow(), Promise.REFUSALS)
                .after(ProcessFaults.gatewayAlone()));
        all.add(overload());
        all.add(cancellation());
        return all;
    }

    /** One scenario of each kind; about a minute. */
    static List<Scenario> few() {
        return List.of(
                process("kill -9", ServiceKind.ENCODER, ProcessFaults.kill(ServiceKind.ENCODER)),
                process(
                        "SIGSTOP",
                        ServiceKind.PROJECTOR,
                        ProcessFaults.freeze(ServiceKind.PROJECTOR, Duration.ofSeconds(5))),
                network(Disturbance.FLIP, ServiceKind.PROJECTOR),
                network(Disturbance.RESET, ServiceKind.LLM),
                cancellation());
    }

    private static Scenario process(String name, ServiceKind kind, Fault fault) {
        return new Scenario(name + ", " + kind.label(), fault, lossOf(kind));
    }

    private static Scenario network(Disturbance disturbance, ServiceKind kind) {
        String name = disturbance.name().toLowerCase(Locale.ROOT);
        return new Scenario(
                name + ", " + kind.label(), NetworkFaults.disturb(kind, disturbance, DISTURBED), lossOf(kind));
    }

    private static Promise lossOf(ServiceKind kind) {
        return kind == ServiceKind.LLM ? Promise.STREAMS_MAY_BREAK_OFF : Promise.NOTHING_IS_LOST;
    }

    private static Scenario rollout(String name, Path first, Path second) {
        return new Scenario(name, Rollout.thereAndBack(first, second), Promise.NOTHING_IS_LOST)
                .with(Mix.KNOWN_PICTURES);
    }

    private static Scenario overload() {
        return new Scenario("overload, 300 clients", scene -> scene.pass(OVERLOADED), Promise.REFUSALS)
                .withClients(CROWD);
    }

    private static Scenario cancellation() {
        return new Scenario("clients leave", Cancellation.inLongAnswers(), Promise.NOTHING_IS_LOST).withClients(0);
    }
}
