/** OpenTelemetry's traces: where they are sent, and that they cost nothing where they are not. */
@NullMarked
package dev.pargo.service.trace;

import org.jspecify.annotations.NullMarked;
