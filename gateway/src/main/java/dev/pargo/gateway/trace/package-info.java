/** The trace of a request: a span for the request, and one for each call to a stage. The stages continue the trace. */
@NullMarked
package dev.pargo.gateway.trace;

import org.jspecify.annotations.NullMarked;
