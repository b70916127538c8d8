/** The replicas of a stage: their addresses, states and descriptions, and the choice of a replica for each call. */
@NullMarked
package dev.pargo.gateway.replica;

import org.jspecify.annotations.NullMarked;
