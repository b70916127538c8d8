package dev.pargo.stage.call;

import dev.pargo.proto.WireTensor;
import dev.pargo.stage.admission.Admission;
import dev.pargo.stage.admission.AdmissionLimits;
import dev.pargo.stage.batch.Batcher;
import dev.pargo.stage.status.StageMetrics;

/** What the calls of a batching stage share: the way in, and the way through the network. */
public record BatchedStage<I>(
        Admission admission, Batcher<I, WireTensor> batcher, CallTimer timer, StageMetrics metrics) {

    /** Puts a door before a batcher. */
    public static <I> BatchedStage<I> of(
            Batcher<I, WireTensor> batcher, AdmissionLimits limits, CallTimer timer, StageMetrics metrics) {
        Admission admission = new Admission(limits, batcher::estimatedWait);
        metrics.admission(admission);
        return new BatchedStage<>(admission, batcher, timer, metrics);
    }
}
