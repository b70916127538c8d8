/** Questions to an OpenAI-compatible endpoint. */
@NullMarked
package dev.pargo.evaluation.client;

import org.jspecify.annotations.NullMarked;
