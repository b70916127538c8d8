package dev.pargo.stage.device;

import dev.pargo.proto.StageError;

/** What a {@link DeviceExecutor} does, one step after the other on its one thread. */
public interface DeviceWork {

    /**
     * Waits until there is something to do.
     *
     * @throws InterruptedException when the executor closes
     */
    void await() throws InterruptedException;

    /**
     * Does the next piece of work. A failure that concerns single requests is theirs and must not come out of here: what
     * comes out ends the executor.
     *
     * @return false if nothing in it succeeded
     */
    boolean step();

    /** Called once when no step will follow: whatever waits, and whatever is still handed in, fails with the reason. */
    void abandon(StageError reason);
}
