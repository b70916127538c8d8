package dev.pargo.evaluation.chaos;

import dev.pargo.evaluation.stack.ServiceKind;
import java.time.Duration;

/** Faults of the network between the gateway and one replica. */
final class NetworkFaults {

    private NetworkFaults() {}

    /** Disturbs every connection to one replica of a stage for a while. */
    static Fault disturb(ServiceKind kind, Disturbance disturbance, Duration time) {
        return scene -> {
            Proxy proxy = scene.victim(kind).proxy();
            proxy.impose(disturbance);
            try {
                scene.pass(time);
            } finally {
                proxy.heal();
            }
        };
    }
}
