/** The HTTP edge: connections, request ids, errors that happen outside the controllers. */
@NullMarked
package dev.pargo.gateway.http;

import org.jspecify.annotations.NullMarked;
