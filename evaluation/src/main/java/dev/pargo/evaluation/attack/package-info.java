/**
 * Starts a stack with small heaps, attacks it, and reports whether it stayed up and still served other clients. The
 * only targets are services that this program has started on 127.0.0.1. Every attack is bounded in count and time.
 */
@NullMarked
package dev.pargo.evaluation.attack;

import org.jspecify.annotations.NullMarked;
