package dev.pargo.evaluation.plan;

import java.util.List;

/**
 * The time that an LLM needs for answers.
 *
 * @param prefill seconds of the forward pass that reads one prompt
 * @param tokens  tokens of an answer
 * @param steps   seconds of a step that writes one token of each of n answers, at measured n in ascending order
 * @param slots   answers that are written at once
 */
record AnswerTimes(double prefill, double tokens, List<Step> steps, int slots) {

    /** The measured time of a step that writes {@code answers} answers. */
    record Step(int answers, double seconds) {}

    AnswerTimes {
        steps = List.copyOf(steps);
        if (steps.isEmpty() || slots < 1) {
            throw new IllegalArgumentException("there must be a step and a slot");
        }
    }

    /** Seconds of a step; linearly interpolated between the measured steps, and extrapolated beyond them. */
    double step(int answers) {
        if (steps.size() == 1) {
            return steps.get(0).seconds;
        }
        int right = 1;
        while (right < steps.size() - 1 && steps.get(right).answers < answers) {
            right++;
        }
        Step a = steps.get(right - 1);
        Step b = steps.get(right);
        double slope = (b.seconds - a.seconds) / (b.answers - a.answers);
        return a.seconds + Math.max(0, slope) * (answers - a.answers);
    }

    /**
     * Answers per second with {@code n} requests in the replica. The prompt of each answer is read once, between the
     * steps.
     */
    double rate(int n) {
        int running = Math.min(n, slots);
        return running / (running * prefill + tokens * step(running));
    }

    double highestRate() {
        double highest = 0;
        for (int n = 1; n <= slots; n++) {
            highest = Math.max(highest, rate(n));
        }
        return highest;
    }

    /** Seconds from joining the batch to the first token: the prefill, and the rest of the running step. */
    double firstToken(int running) {
        return prefill + (running > 1 ? step(running) / 2 : 0);
    }
}
