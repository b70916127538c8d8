/** The replicas of a stage: where they are, what each says of itself, which of them takes the next call. */
@NullMarked
package dev.pargo.gateway.replica;

import org.jspecify.annotations.NullMarked;
