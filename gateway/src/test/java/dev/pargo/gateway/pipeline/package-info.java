@NullMarked
package dev.pargo.gateway.pipeline;

import org.jspecify.annotations.NullMarked;
