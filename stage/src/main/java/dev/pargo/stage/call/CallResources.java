package dev.pargo.stage.call;

import dev.pargo.stage.admission.Admission;
import dev.pargo.stage.status.StageMetrics;
import java.util.concurrent.Executor;

/**
 * What the calls of a stage share.
 *
 * @param senders the threads that send answers
 */
public record CallResources(Admission admission, CallTimer timer, StageMetrics metrics, Executor senders) {

    public CallResources {
        metrics.watchAdmission(admission);
    }
}
