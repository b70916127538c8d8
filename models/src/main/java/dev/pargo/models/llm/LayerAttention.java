package dev.pargo.models.llm;

/**
 * The attention of a layer.
 *
 * @param window how many tokens a token attends to, including itself; 0 for all up to itself
 */
public record LayerAttention(RotaryEmbedding rope, int window) {}
