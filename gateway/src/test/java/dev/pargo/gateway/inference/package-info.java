@NullMarked
package dev.pargo.gateway.inference;

import org.jspecify.annotations.NullMarked;
