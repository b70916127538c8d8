@NullMarked
package dev.pargo.proto;

import org.jspecify.annotations.NullMarked;
