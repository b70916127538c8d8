/** What tokens a prompt has, and what tokens say: the routes are vLLM's. */
@NullMarked
package dev.pargo.gateway.tokens;

import org.jspecify.annotations.NullMarked;
