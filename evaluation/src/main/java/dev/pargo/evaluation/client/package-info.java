/** A client of OpenAI-compatible endpoints. */
@NullMarked
package dev.pargo.evaluation.client;

import org.jspecify.annotations.NullMarked;
