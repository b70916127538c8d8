package dev.pargo.evaluation.chaos;

/**
 * How a request ended, before its text is compared with what the model answers.
 *
 * @param text what was written; empty unless an answer had begun
 */
record Verdict(Outcome outcome, String text, String detail) {

    static Verdict answer(String text) {
        return new Verdict(Outcome.RIGHT, text, "");
    }

    static Verdict failed(String detail) {
        return new Verdict(Outcome.FAILED, "", detail);
    }
}
