@NullMarked
package dev.pargo.gateway.toolcall;

import org.jspecify.annotations.NullMarked;
