package dev.pargo.proto;

/** The largest values of {@link dev.pargo.proto.v1.Sampling}, for the gateway and the LLM. */
public final class SamplingBounds {

    public static final int TEMPERATURE = 2;
    public static final int REPETITION_PENALTY = 10;

    /** Of {@code presence_penalty} and {@code frequency_penalty}, which may be negative. */
    public static final int PENALTY = 2;

    /** Makes a token practically certain or, if negative, impossible. */
    public static final int LOGIT_BIAS = 100;

    private SamplingBounds() {}
}
