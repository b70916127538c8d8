/** Compiles JSON Schema into a grammar. */
@NullMarked
package dev.pargo.llm.constraint.schema;

import org.jspecify.annotations.NullMarked;
