/** Requests for answers, whatever the route: from the first byte to the one terminal state. */
@NullMarked
package dev.pargo.gateway.exchange;

import org.jspecify.annotations.NullMarked;
