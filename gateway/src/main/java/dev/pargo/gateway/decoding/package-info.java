/** How answers are to be written: the fields by which requests say so, their checks, and what the LLM is told. */
@NullMarked
package dev.pargo.gateway.decoding;

import org.jspecify.annotations.NullMarked;
