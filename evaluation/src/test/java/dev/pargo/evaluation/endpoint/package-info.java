/** An OpenAI-compatible endpoint whose answers and delays a test decides. */
@NullMarked
package dev.pargo.evaluation.endpoint;

import org.jspecify.annotations.NullMarked;
