/** Constraints on answers: one of some strings, JSON by a schema, or text by a regular expression. */
@NullMarked
package dev.pargo.llm.constraint;

import org.jspecify.annotations.NullMarked;
