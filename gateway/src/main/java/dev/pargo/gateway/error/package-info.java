/** How a request ends, and which error its client gets. */
@NullMarked
package dev.pargo.gateway.error;

import org.jspecify.annotations.NullMarked;
