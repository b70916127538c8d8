/** Leads requests for answers, of all routes, from the first byte to the one terminal state. */
@NullMarked
package dev.pargo.gateway.exchange;

import org.jspecify.annotations.NullMarked;
