/**
 * Stages at the other end of a real connection that do what real ones cannot be made to do at will: be away, full, slow,
 * replaced, or die in the middle. Their answers tell what they were given.
 */
@NullMarked
package dev.pargo.gateway.loopback;

import org.jspecify.annotations.NullMarked;
