package dev.pargo.stage;

import dev.pargo.proto.WireTensor;
import dev.pargo.stage.admission.Admission;
import dev.pargo.stage.batch.Batcher;
import dev.pargo.stage.call.BatchedStage;
import dev.pargo.stage.call.CallResources;
import dev.pargo.stage.call.CallTimer;
import dev.pargo.stage.call.HandlerThreads;
import dev.pargo.stage.device.DeviceExecutor;
import dev.pargo.stage.device.DeviceWork;
import dev.pargo.stage.device.SelfCheck;
import dev.pargo.stage.status.StageMetrics;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/** Creates from the stage's settings what the calls of a service need. */
public record StageServices(
        StageProperties properties, CallTimer timer, StageMetrics metrics, HandlerThreads handlers) {

    /** @param retryAfter when a call that is refused now may be admitted */
    public CallResources calls(Supplier<Duration> retryAfter) {
        return new CallResources(
                new Admission(properties.admission(), retryAfter), timer, metrics, handlers.getExecutor());
    }

    /**
     * Checks the network, then starts the thread that does a stage's work.
     *
     * @throws RuntimeException if the network does not work
     */
    public DeviceExecutor device(DeviceWork work, SelfCheck selfCheck) {
        selfCheck.run();
        return DeviceExecutor.start(
                properties.name() + "-device", selfCheck.guard(work), properties.watchdog(), StageServices::halt);
    }

    /** Ends the process without shutdown hooks: the device's thread may hang in native code. */
    static void halt() {
        Runtime.getRuntime().halt(1);
    }

    /**
     * Creates what the calls of a batching service share.
     *
     * @param work    what the network does: encode, project
     * @param network runs a batch; returns one output for each input, in the same order
     * @param probe   an ordinary input, for which a network that works gives finite numbers
     */
    public <I> BatchedStage<I> batched(String work, Function<List<I>, List<WireTensor>> network, I probe) {
        Batcher<I, WireTensor> batcher = new Batcher<>(properties.batch(), network, metrics, System::nanoTime);
        SelfCheck selfCheck = new SelfCheck(
                () -> network.apply(List.of(probe)).stream().allMatch(WireTensor::isFinite), System::nanoTime);
        return new BatchedStage<>(work, calls(batcher::estimatedWait), batcher, selfCheck);
    }
}
