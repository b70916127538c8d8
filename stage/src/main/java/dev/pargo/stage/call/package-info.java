/** The lifecycle of a gRPC call, from admission to its end. */
@NullMarked
package dev.pargo.stage.call;

import org.jspecify.annotations.NullMarked;
