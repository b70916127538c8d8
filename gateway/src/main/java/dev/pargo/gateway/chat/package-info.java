/** Chat completions in OpenAI's format. */
@NullMarked
package dev.pargo.gateway.chat;

import org.jspecify.annotations.NullMarked;
