@NullMarked
package dev.pargo.gateway.replica;

import org.jspecify.annotations.NullMarked;
