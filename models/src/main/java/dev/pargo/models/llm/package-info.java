/** Decoder-only LLMs: prompt embedding, prefill and decode steps over a KV cache, and sampling. */
@NullMarked
package dev.pargo.models.llm;

import org.jspecify.annotations.NullMarked;
