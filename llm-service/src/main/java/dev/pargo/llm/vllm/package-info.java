/** Answers written by a vLLM server: prompts are embedded here and sent to it, tokens come back. */
@NullMarked
package dev.pargo.llm.vllm;

import org.jspecify.annotations.NullMarked;
