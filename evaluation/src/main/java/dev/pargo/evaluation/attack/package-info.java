/**
 * Attacks a stack of its own, with small heaps, and reports whether it stayed up and whether others were still served.
 * Targets are services that this program has started on 127.0.0.1, and nothing else; every attack is bounded in count and
 * time.
 */
@NullMarked
package dev.pargo.evaluation.attack;

import org.jspecify.annotations.NullMarked;
