/** A stage's network as models of the Open Inference Protocol (KServe v2), beside the stage's own service. */
@NullMarked
package dev.pargo.stage.inference;

import org.jspecify.annotations.NullMarked;
