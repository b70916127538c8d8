/** Converts prompts to tokens and tokens to text. The routes are vLLM's. */
@NullMarked
package dev.pargo.gateway.tokens;

import org.jspecify.annotations.NullMarked;
