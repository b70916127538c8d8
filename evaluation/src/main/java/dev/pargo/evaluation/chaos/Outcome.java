package dev.pargo.evaluation.chaos;

/** How a request ended for its client. Every request ends in exactly one way. */
enum Outcome {
    /** A whole answer, and the right one. */
    RIGHT,
    /** The client left. */
    CANCELLED,
    /** Status 429 or 503, which says when to try again. */
    REFUSED,
    /** A stream that had begun to write ended with exactly one error event; what it had written was right. */
    BROKEN_OFF,
    /** Any other end: another status, a broken connection, a stream with no end or with two. */
    FAILED,
    /** An answer that the model does not give. */
    WRONG
}
