/**
 * Stages behind real connections that can be made unavailable, full, slow, replaced, or crash at any time. Their
 * answers show what they received.
 */
@NullMarked
package dev.pargo.gateway.loopback;

import org.jspecify.annotations.NullMarked;
