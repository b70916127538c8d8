/** OpenAI's Responses: text and pictures in, text out. Nothing is stored. */
@NullMarked
package dev.pargo.gateway.responses;

import org.jspecify.annotations.NullMarked;
