package dev.pargo.evaluation.bench;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One endpoint under one load.
 *
 * @param seconds     time in which requests were in flight, over all rounds
 * @param answered    requests with a complete answer
 * @param refused     requests that the endpoint had no room for
 * @param failed      requests that ended in any other way
 * @param goodput     answers per second that meet the service level objective
 * @param firstToken  time to first token, in ms
 * @param perToken    time per output token after the first, in ms; of answers with two tokens or more
 * @param total       whole request, in ms
 */
record Measurement(
        TestedEndpoint target,
        Level level,
        List<Sample> samples,
        double seconds,
        int answered,
        int refused,
        int failed,
        double goodput,
        Distribution firstToken,
        Distribution perToken,
        Distribution total,
        Optional<StageShares> stages) {

    static Measurement of(TestedEndpoint target, Level level, Slo slo, List<List<Sample>> rounds) {
        List<Sample> samples = rounds.stream().flatMap(List::stream).toList();
        List<Sample> answered = samples.stream().filter(Sample::isAnswered).toList();
        double seconds = rounds.stream().mapToDouble(Measurement::seconds).sum();
        return new Measurement(
                target,
                level,
                samples,
                seconds,
                answered.size(),
                count(samples, Sample.Outcome.REFUSED),
                count(samples, Sample.Outcome.FAILED),
                samples.stream().filter(slo::isMetBy).count() / seconds,
                Distribution.of(answered.stream().mapToDouble(Sample::firstTokenMs)),
                Distribution.of(
                        answered.stream().filter(sample -> sample.tokens() > 1).mapToDouble(Sample::perTokenMs)),
                Distribution.of(answered.stream().mapToDouble(Sample::totalMs)),
                StageShares.of(answered));
    }

    double requestsPerSecond() {
        return answered / seconds;
    }

    double tokensPerSecond() {
        return answers().mapToInt(Sample::tokens).sum() / seconds;
    }

    double meanPromptTokens() {
        return answers().mapToInt(Sample::promptTokens).average().orElse(0);
    }

    double meanCachedTokens() {
        return answers().mapToInt(Sample::cachedTokens).average().orElse(0);
    }

    double meanAnswerTokens() {
        return answers().mapToInt(Sample::tokens).average().orElse(0);
    }

    /** The error of the first failed request. */
    Optional<String> firstError() {
        return samples.stream()
                .filter(sample -> sample.outcome() == Sample.Outcome.FAILED)
                .map(sample -> String.valueOf(sample.error()))
                .findFirst();
    }

    private Stream<Sample> answers() {
        return samples.stream().filter(Sample::isAnswered);
    }

    private static int count(List<Sample> samples, Sample.Outcome outcome) {
        return (int)
                samples.stream().filter(sample -> sample.outcome() == outcome).count();
    }

    private static double seconds(List<Sample> round) {
        long start = round.stream().mapToLong(Sample::start).min().orElse(0);
        long end = round.stream().mapToLong(Sample::end).max().orElse(0);
        return (end - start) / 1e9;
    }
}
