/** A gRPC call that answers with one tensor, from admission to its single end. */
@NullMarked
package dev.pargo.stage.call;

import org.jspecify.annotations.NullMarked;
