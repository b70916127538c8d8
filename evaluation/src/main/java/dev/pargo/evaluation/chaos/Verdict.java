package dev.pargo.evaluation.chaos;

/**
 * How a request ended, before its text is compared with the right answer.
 *
 * @param text text of the answer so far; empty if no answer had begun
 */
record Verdict(ClientOutcome outcome, String text, String detail) {

    static Verdict answer(String text) {
        return new Verdict(ClientOutcome.RIGHT, text, "");
    }

    static Verdict failed(String detail) {
        return new Verdict(ClientOutcome.FAILED, "", detail);
    }
}
