package dev.pargo.models.llm;

/**
 * How a layer attends.
 *
 * @param window how many tokens a token sees, itself among them; 0 for all before it
 */
public record LayerAttention(RotaryEmbedding rope, int window) {}
