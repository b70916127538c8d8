/** How answers are written: the fields of requests, their checks, and the parameters for the LLM. */
@NullMarked
package dev.pargo.gateway.decoding;

import org.jspecify.annotations.NullMarked;
