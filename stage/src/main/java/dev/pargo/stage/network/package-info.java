/** The network that a stage serves: where it runs, and how the stage describes it. The only package of stages that knows networks. */
@NullMarked
package dev.pargo.stage.network;

import org.jspecify.annotations.NullMarked;
