package dev.pargo.llm.engine;

import dev.pargo.llm.constraint.TokenConstraint;
import dev.pargo.models.llm.PromptPart;
import dev.pargo.models.llm.SamplingParams;
import dev.pargo.models.llm.Step;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Builds requests. By default they are greedy and without limits. */
public final class Asked {

    private final List<PromptPart> prompt;
    private String client = "client";
    private int adapter = Step.BASE;
    private int choices = 1;
    private SamplingParams sampling = SamplingParams.GREEDY;
    private Penalties penalties = Penalties.NONE;
    private @Nullable BeamSearchParams beams;
    private long seed;
    private int minTokens;
    private int maxTokens = 60;
    private List<String> stop = List.of();
    private List<Integer> stopIds = List.of(PargoMini.EOS);
    private @Nullable Integer topLogprobs;
    private @Nullable VisualWeights attention;
    private @Nullable Supplier<TokenConstraint> constraint;
    private Duration timeout = Duration.ofSeconds(120);

    private Asked(List<PromptPart> prompt) {
        this.prompt = prompt;
    }

    public static Asked of(List<PromptPart> prompt) {
        return new Asked(prompt);
    }

    Asked from(String name) {
        client = name;
        return this;
    }

    Asked adapter(int number) {
        adapter = number;
        return this;
    }

    Asked choices(int count) {
        choices = count;
        return this;
    }

    Asked sampled(double temperature, long seed) {
        return sampled(new SamplingParams(temperature, 0, 1, 0), seed);
    }

    Asked sampled(SamplingParams sampling, long seed) {
        this.sampling = sampling;
        this.seed = seed;
        return this;
    }

    Asked penalties(Penalties penalties) {
        this.penalties = penalties;
        return this;
    }

    Asked beams(int count) {
        beams = new BeamSearchParams(count, 1, false, false);
        return this;
    }

    Asked tokens(int least, int most) {
        minTokens = least;
        maxTokens = most;
        return this;
    }

    Asked stop(String... strings) {
        stop = List.of(strings);
        return this;
    }

    Asked stopIds(Integer... ids) {
        stopIds = List.of(ids);
        return this;
    }

    /** Writes exactly this number of tokens. */
    public Asked endless(int tokens) {
        return stopIds().tokens(0, tokens);
    }

    Asked topLogprobs(int count) {
        topLogprobs = count;
        return this;
    }

    Asked attention() {
        attention = new VisualWeights(prompt);
        return this;
    }

    Asked constrained(Supplier<TokenConstraint> constraint) {
        this.constraint = constraint;
        return this;
    }

    Asked timeout(Duration timeout) {
        this.timeout = timeout;
        return this;
    }

    public GenerationRequest request() {
        return new GenerationRequest(
                new RequestOrigin("request of " + client, client),
                prompt,
                PromptKeys.of(prompt, adapter, ""),
                false,
                adapter,
                choices,
                sampling,
                penalties,
                beams,
                seed,
                minTokens,
                maxTokens,
                stop,
                stopIds,
                topLogprobs,
                attention,
                constraint,
                null,
                "",
                System.nanoTime() + timeout.toNanos());
    }
}
