package dev.pargo.models.llm;

/**
 * How the next token is sampled. At temperature 0 the most probable token is chosen. Otherwise the logits are divided
 * by the temperature, then three filters apply in this order: keep the {@code topK} most probable tokens; of these keep
 * the smallest set whose probability reaches {@code topP}; of these keep the tokens that are at least {@code minP}
 * times as probable as the most probable one.
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
