/** Concurrent requests batched into one forward pass. */
@NullMarked
package dev.pargo.stage.batch;

import org.jspecify.annotations.NullMarked;
