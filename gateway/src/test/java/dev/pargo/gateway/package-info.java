@NullMarked
package dev.pargo.gateway;

import org.jspecify.annotations.NullMarked;
