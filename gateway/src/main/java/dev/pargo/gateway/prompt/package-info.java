/** Renders a conversation to the prompt a model was trained with. */
@NullMarked
package dev.pargo.gateway.prompt;

import org.jspecify.annotations.NullMarked;
