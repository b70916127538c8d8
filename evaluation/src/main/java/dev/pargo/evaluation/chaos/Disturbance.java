package dev.pargo.evaluation.chaos;

/** What a {@link Proxy} does to the connections that run through it. */
enum Disturbance {
    /** Passes every byte on. */
    NONE,
    /** Holds every piece back for {@link Relay#DELAY}. */
    DELAY,
    /** Resets a connection when something is sent on it. */
    RESET,
    /** Half-open: accepts connections and bytes, and lets nothing arrive. */
    SWALLOW,
    /** Flips one bit in every large piece, so inside of a tensor. */
    FLIP,
    /** Passes the first half of a large piece on, then resets: the end of an HTTP/2 frame is missing. */
    CUT
}
