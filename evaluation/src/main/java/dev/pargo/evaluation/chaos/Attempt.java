package dev.pargo.evaluation.chaos;

/**
 * One request and how it ended.
 *
 * @param begun  {@link System#nanoTime} when it was sent
 * @param ended  {@link System#nanoTime} when it had ended
 * @param detail what to report about it; empty for a right answer
 */
record Attempt(Ask ask, ClientOutcome outcome, long begun, long ended, String detail) {}
