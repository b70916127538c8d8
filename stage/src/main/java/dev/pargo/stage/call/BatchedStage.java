package dev.pargo.stage.call;

import dev.pargo.proto.WireTensor;
import dev.pargo.stage.admission.Admission;
import dev.pargo.stage.batch.Batcher;

/** What the calls of a batching stage share: admission and batching. */
public record BatchedStage<I>(CallResources calls, Batcher<I, WireTensor> batcher) {

    public Admission admission() {
        return calls.admission();
    }
}
