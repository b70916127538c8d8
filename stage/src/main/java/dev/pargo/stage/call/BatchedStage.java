package dev.pargo.stage.call;

import dev.pargo.proto.WireTensor;
import dev.pargo.stage.admission.Admission;
import dev.pargo.stage.batch.Batcher;
import dev.pargo.stage.device.SelfCheck;

/**
 * What the calls of a batching stage share.
 *
 * @param work      what the network does, as the phase of a call: encode, project
 * @param selfCheck told of outputs that are not finite
 */
public record BatchedStage<I>(String work, CallResources calls, Batcher<I, WireTensor> batcher, SelfCheck selfCheck) {

    public Admission admission() {
        return calls.admission();
    }
}
