package dev.pargo.gateway.inference;

import org.jspecify.annotations.Nullable;

/**
 * What a projector has made of one image.
 *
 * @param attention what its tokens took of the patches; null if that was not asked for
 * @param timings   where the time of this image went
 */
record Projected(VisualTokens tokens, @Nullable CrossAttention attention, Timings timings) {}
