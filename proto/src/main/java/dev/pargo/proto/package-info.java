/**
 * Code around the generated contracts: tensors as streams of chunks, checksums, and errors that both sides understand.
 */
@NullMarked
package dev.pargo.proto;

import org.jspecify.annotations.NullMarked;
