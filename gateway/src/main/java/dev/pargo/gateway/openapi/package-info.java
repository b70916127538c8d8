/** The gateway's routes as an OpenAPI document. */
@NullMarked
package dev.pargo.gateway.openapi;

import org.jspecify.annotations.NullMarked;
