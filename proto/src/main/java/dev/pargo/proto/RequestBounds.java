package dev.pargo.proto;

/** The largest values of a request's fields, for the gateway and the LLM. */
public final class RequestBounds {

    public static final int TEMPERATURE = 2;
    public static final int REPETITION_PENALTY = 10;

    /** Of {@code presence_penalty} and {@code frequency_penalty}, which may be negative. */
    public static final int PENALTY = 2;

    /** Makes a token practically certain or, if negative, impossible. */
    public static final int LOGIT_BIAS = 100;

    public static final int LOGIT_BIASES = 1024;
    public static final int TOP_LOGPROBS = 20;
    public static final int STOP_TOKEN_IDS = 128;
    public static final int STOP_STRINGS = 16;

    /** Strings that an answer must be one of. */
    public static final int CHOICES = 1000;

    /** Characters of a stop string, or of a string that an answer may be. */
    public static final int CHARACTERS = 1000;

    private RequestBounds() {}
}
