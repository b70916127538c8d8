/** Which stages form a model, and whether they fit each other. */
@NullMarked
package dev.pargo.gateway.pipeline;

import org.jspecify.annotations.NullMarked;
