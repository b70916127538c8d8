/** The pictures of a request: decoded from data URLs, fetched from the web, or known by their uuid. */
@NullMarked
package dev.pargo.gateway.picture;

import org.jspecify.annotations.NullMarked;
