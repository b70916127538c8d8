package dev.pargo.evaluation.chaos;

/** How a request ended for its client. Every request ends in exactly one way. */
enum ClientOutcome {
    /** The complete and right answer. */
    RIGHT,
    /** The client cancelled. */
    CANCELLED,
    /** Status 429 or 503, which says when to try again. */
    REFUSED,
    /** A stream that had begun ended with exactly one error event. Its text so far was right. */
    BROKEN_OFF,
    /** Any other end: another status, a broken connection, a stream with no end or with two. */
    FAILED,
    /** A wrong answer. */
    WRONG
}
