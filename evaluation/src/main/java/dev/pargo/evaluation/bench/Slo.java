package dev.pargo.evaluation.bench;

/**
 * What an answer must keep to count as good.
 *
 * @param firstTokenMs most time to the first token
 * @param perTokenMs   most mean time between two tokens
 */
record Slo(double firstTokenMs, double perTokenMs) {

    boolean isMetBy(Sample sample) {
        return sample.isAnswered() && sample.firstTokenMs() <= firstTokenMs && sample.perTokenMs() <= perTokenMs;
    }
}
