package dev.pargo.evaluation.chaos;

import dev.pargo.evaluation.stack.ServiceKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The scenarios of a chaos run. */
final class Scenarios {

    private static final Duration HANGS = Duration.ofSeconds(12);
    private static final Duration DISTURBED = Duration.ofSeconds(6);
    private static final Duration BRIEFLY = Duration.ofSeconds(3);
    private static final Duration OVERLOADED = Duration.ofSeconds(6);
    private static final int CROWD = 300;
    private static final int FEW = 3;

    private Scenarios() {}

    /** All scenarios; about 30 minutes. */
    static List<Scenario> all() {
        List<Scenario> all = new ArrayList<>();
        all.add(new Scenario("nothing", scene -> scene.pass(DISTURBED), Promise.NOTHING_IS_LOST));
        for (ServiceKind kind : ServiceKind.STAGES) {
            all.add(process("kill -9", kind, ProcessFaults.kill(kind)));
            all.add(hang(kind, HANGS));
            all.add(process("SIGTERM", kind, ProcessFaults.terminate(kind)));
        }
        for (ServiceKind kind : ServiceKind.STAGES) {
            for (Disturbance disturbance : Disturbance.values()) {
                if (disturbance != Disturbance.NONE) {
                    all.add(network(disturbance, kind, DISTURBED));
                }
            }
        }
        all.add(new Scenario("rolling restart", ProcessFaults.rollingRestart(), Promise.NOTHING_IS_LOST));
        all.add(wholeModel());
        all.add(wholeModel().withClients(1));
        Scenario encoder = singleStage("weights", ServiceKind.ENCODER, Revision.OTHER_ENCODER);
        all.add(encoder);
        all.add(encoder.withClients(1));
        all.add(singleStage("preprocessing", ServiceKind.ENCODER, Revision.OTHER_PICTURES));
        all.add(singleStage("weights", ServiceKind.PROJECTOR, Revision.OTHER_PROJECTOR));
        Scenario llm = singleStage("weights", ServiceKind.LLM, Revision.OTHER_LLM);
        all.add(llm);
        all.add(llm.withClients(1));
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

    /** One scenario of each kind, with few clients, so that replicas start soon; less than a minute. */
    static List<Scenario> few() {
        return List.of(
                process("kill -9", ServiceKind.ENCODER, ProcessFaults.kill(ServiceKind.ENCODER))
                        .withClients(FEW),
                hang(ServiceKind.PROJECTOR, BRIEFLY).withClients(FEW),
                network(Disturbance.FLIP, ServiceKind.PROJECTOR, BRIEFLY).withClients(FEW),
                network(Disturbance.RESET, ServiceKind.LLM, BRIEFLY).withClients(FEW),
                cancellation());
    }

    private static Scenario process(String name, ServiceKind kind, Fault fault) {
        return new Scenario(name + ", " + kind.label(), fault, lossOf(kind));
    }

    private static Scenario hang(ServiceKind kind, Duration time) {
        return new Scenario(
                "SIGSTOP, " + kind.label(),
                ProcessFaults.freeze(kind, time),
                lossOf(kind).whereAReplicaHangs());
    }

    private static Scenario network(Disturbance disturbance, ServiceKind kind, Duration time) {
        String name = disturbance.name().toLowerCase(Locale.ROOT) + ", " + kind.label();
        return disturbance == Disturbance.SWALLOW
                ? new Scenario(
                        name,
                        NetworkFaults.disturb(kind, disturbance, HANGS),
                        lossOf(kind).whereAReplicaHangs())
                : new Scenario(name, NetworkFaults.disturb(kind, disturbance, time), lossOf(kind));
    }

    private static Promise lossOf(ServiceKind kind) {
        return kind == ServiceKind.LLM ? Promise.STREAMS_MAY_BREAK_OFF : Promise.NOTHING_IS_LOST;
    }

    private static Scenario wholeModel() {
        return new Scenario("rolling weights, set by set", Rollout.setBySet(Revision.SECOND), Promise.NOTHING_IS_LOST)
                .with(Mix.KNOWN_PICTURES)
                .after(Rollout.learn(Revision.SECOND));
    }

    private static Scenario singleStage(String what, ServiceKind kind, Revision revision) {
        return new Scenario(
                        "rolling %s, %s alone".formatted(what, kind.label()),
                        Rollout.ofStage(kind, revision),
                        Promise.NOTHING_IS_LOST)
                .with(Mix.KNOWN_PICTURES)
                .after(Rollout.learn(revision))
                .whereBundlesMayDiffer();
    }

    private static Scenario overload() {
        return new Scenario("overload", scene -> scene.pass(OVERLOADED), Promise.REFUSALS).withClients(CROWD);
    }

    private static Scenario cancellation() {
        return new Scenario("8 clients leave long answers", Cancellation.inLongAnswers(), Promise.NOTHING_IS_LOST)
                .withClients(0);
    }
}
