package dev.pargo.evaluation.bench;

/**
 * The service level objective: the limits that a good answer meets.
 *
 * @param firstTokenMs most time to the first token
 * @param perTokenMs   most mean time between two tokens
 */
record Slo(double firstTokenMs, double perTokenMs) {

    boolean isMetBy(Sample sample) {
        return sample.isAnswered() && sample.firstTokenMs() <= firstTokenMs && sample.perTokenMs() <= perTokenMs;
    }
}
