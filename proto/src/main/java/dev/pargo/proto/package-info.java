/** What the generated contracts need around them: tensors as streams of chunks, and errors that both ends understand. */
@NullMarked
package dev.pargo.proto;

import org.jspecify.annotations.NullMarked;
