/** The trace of a request: a span for the request, and one for each call of a stage. The stages continue it. */
@NullMarked
package dev.pargo.gateway.trace;

import org.jspecify.annotations.NullMarked;
