/** What the gateway's routes accept and answer, as an OpenAPI document. */
@NullMarked
package dev.pargo.gateway.openapi;

import org.jspecify.annotations.NullMarked;
