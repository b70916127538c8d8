package dev.pargo.stage.device;

import dev.pargo.proto.StageError;

/** What a {@link DeviceExecutor} does, one step after the other on its one thread. */
public interface DeviceWork {

    /** What a step came to. */
    enum Result {
        /** Something was computed. */
        SUCCEEDED,
        /** All that was to be computed failed, by no fault of the requests. */
        FAILED,
        /** Nothing that could tell. */
        UNKNOWN
    }

    /**
     * Waits until there is something to do.
     *
     * @throws InterruptedException when the executor closes
     */
    void await() throws InterruptedException;

    /**
     * Does the next piece of work. A failure that concerns single requests is theirs and must not come out of here: what
     * comes out ends the executor.
     */
    Result step();

    /** Called once when no step will follow: whatever waits, and whatever is still handed in, fails with the reason. */
    void abandon(StageError reason);
}
