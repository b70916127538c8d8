/** How a request ends, and what its client is told. */
@NullMarked
package dev.pargo.gateway.error;

import org.jspecify.annotations.NullMarked;
