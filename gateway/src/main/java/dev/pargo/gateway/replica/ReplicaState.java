package dev.pargo.gateway.replica;

import java.util.Locale;

/** The state of a replica, as the gateway knows it. */
public enum ReplicaState {
    /** Not asked yet. */
    UNKNOWN,
    /** Has described itself and takes calls. */
    READY,
    /** Has sent nothing for a while although an answer is due. Gets calls only if no other replica is ready. */
    SILENT,
    /** Reports that it takes no calls: it is shutting down, or its device has failed. */
    DRAINING,
    /** Cannot be reached, or has been silent for too long. */
    LOST;

    /** Whether calls may be sent. */
    public boolean takesCalls() {
        return this == READY || this == SILENT;
    }

    /** The value of the metrics' tag {@code state}. */
    public String tag() {
        return name().toLowerCase(Locale.ROOT);
    }
}
