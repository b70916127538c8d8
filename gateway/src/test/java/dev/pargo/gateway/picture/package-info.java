@NullMarked
package dev.pargo.gateway.picture;

import org.jspecify.annotations.NullMarked;
