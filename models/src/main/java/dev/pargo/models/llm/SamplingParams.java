package dev.pargo.models.llm;

/**
 * How the next token is chosen from the logits: greedily at temperature 0; otherwise the logits are divided by the
 * temperature, cut to the {@code topK} largest, then to the smallest set whose probability reaches {@code topP}, then to
 * those that are at least {@code minP} times as probable as the most probable one.
 *
 * @param temperature at least 0
 * @param topK        0 for no limit
 * @param topP        in (0, 1]
 * @param minP        in [0, 1]
 */
public record SamplingParams(double temperature, int topK, double topP, double minP) {

    public static final SamplingParams GREEDY = new SamplingParams(0, 0, 1, 0);

    public boolean isGreedy() {
        return temperature == 0;
    }
}
