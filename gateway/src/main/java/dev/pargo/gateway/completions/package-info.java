/** Completions of plain text, in OpenAI's older format. */
@NullMarked
package dev.pargo.gateway.completions;

import org.jspecify.annotations.NullMarked;
