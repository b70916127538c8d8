package dev.pargo.evaluation.chaos;

import dev.pargo.evaluation.stack.ServiceKind;
import java.io.IOException;
import java.time.Duration;

/** Faults of processes. */
final class ProcessFaults {

    private static final Duration MOMENT = Duration.ofSeconds(2);

    private ProcessFaults() {}

    /** {@code kill -9} of one replica, which is then restarted. */
    static Fault kill(ServiceKind kind) {
        return scene -> {
            ProxiedReplica victim = scene.victim(kind);
            victim.process().kill();
            scene.pass(MOMENT);
            victim.restart();
            victim.awaitReady();
        };
    }

    /** One replica hangs (SIGSTOP) and continues later. */
    static Fault freeze(ServiceKind kind, Duration time) {
        return scene -> {
            scene.victim(kind).process().freeze();
            try {
                scene.pass(time);
            } finally {
                scene.victim(kind).process().thaw();
            }
        };
    }

    /** One replica is stopped (SIGTERM) and restarted when it has ended. */
    static Fault terminate(ServiceKind kind) {
        return scene -> restart(scene.victim(kind));
    }

    /** All replicas of all stages are restarted, each as soon as the one before is ready. */
    static Fault rollingRestart() {
        return scene -> {
            for (ProxiedReplica replica : scene.cluster().replicas()) {
                restart(replica);
            }
        };
    }

    /** All replicas of a stage are killed and restarted. */
    static Fault loseStage(ServiceKind kind) {
        return scene -> {
            for (ProxiedReplica replica : scene.cluster().replicas(kind)) {
                replica.process().kill();
            }
            scene.pass(MOMENT);
            for (ProxiedReplica replica : scene.cluster().replicas(kind)) {
                replica.restart();
            }
            scene.victim(kind).awaitReady();
            scene.readyAgain();
        };
    }

    /** Stops everything and starts only the gateway. */
    static Fault gatewayAlone() {
        return scene -> {
            Cluster cluster = scene.cluster();
            cluster.gateway().close();
            for (ProxiedReplica replica : cluster.replicas()) {
                replica.process().kill();
            }
            cluster.restartGateway();
            cluster.gateway().awaitAnswer();
        };
    }

    /** Starts all replicas while the gateway already runs. */
    static Fault stagesFollow() {
        return scene -> {
            scene.pass(MOMENT);
            for (ProxiedReplica replica : scene.cluster().replicas()) {
                replica.restart();
            }
            for (ServiceKind kind : ServiceKind.STAGES) {
                scene.victim(kind).awaitReady();
            }
            scene.readyAgain();
            scene.cluster().awaitReady();
        };
    }

    private static void restart(ProxiedReplica replica) throws IOException, InterruptedException {
        replica.process().close();
        replica.restart();
        replica.awaitReady();
    }
}
