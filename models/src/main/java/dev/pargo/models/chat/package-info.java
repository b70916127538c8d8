/** Chat templates: how a published model writes conversations. */
@NullMarked
package dev.pargo.models.chat;

import org.jspecify.annotations.NullMarked;
