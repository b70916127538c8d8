/** An OpenAI-compatible endpoint whose answers and delays are set by a test. */
@NullMarked
package dev.pargo.evaluation.endpoint;

import org.jspecify.annotations.NullMarked;
