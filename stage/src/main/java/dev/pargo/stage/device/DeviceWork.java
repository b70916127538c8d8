package dev.pargo.stage.device;

import dev.pargo.proto.StageError;

/** The work of a {@link DeviceExecutor}, done step by step on its thread. */
public interface DeviceWork {

    /** The result of a step. */
    enum Result {
        /** At least one request was computed. */
        SUCCEEDED,
        /** Every computation failed, and not because of the requests. */
        FAILED,
        /** Nothing was computed that shows whether the device works. */
        UNKNOWN
    }

    /**
     * Waits until there is work.
     *
     * @throws InterruptedException when the executor closes
     */
    void await() throws InterruptedException;

    /**
     * Does the next step. An exception thrown here ends the executor, so failures of single requests must be reported
     * to those requests instead.
     */
    Result step();

    /** Called once after the last step. Waiting work, and work submitted later, fails with the reason. */
    void abandon(StageError reason);
}
