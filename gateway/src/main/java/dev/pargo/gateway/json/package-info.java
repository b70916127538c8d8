/**
 * Reads JSON objects by the description of their fields: token by token, without keeping unknown members, and within
 * bounds that are checked while reading.
 */
@NullMarked
package dev.pargo.gateway.json;

import org.jspecify.annotations.NullMarked;
