/** Failures to start, each reported to the operator in one line. */
@NullMarked
package dev.pargo.service.start;

import org.jspecify.annotations.NullMarked;
