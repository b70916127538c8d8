package dev.pargo.evaluation.chaos;

/** What a {@link Proxy} does to its connections. */
enum Disturbance {
    /** Forwards every byte. */
    NONE,
    /** Delays every piece by {@link Relay#DELAY}. */
    DELAY,
    /** Resets a connection when something is sent on it. */
    RESET,
    /** Half-open: accepts connections and bytes, and forwards nothing. */
    SWALLOW,
    /** Flips one bit in every large piece, that is, inside a tensor. */
    FLIP,
    /** Forwards the first half of a large piece and then resets, so that an HTTP/2 frame is incomplete. */
    CUT
}
