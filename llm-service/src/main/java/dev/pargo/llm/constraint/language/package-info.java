/** Regular languages of text and bytes, on Lucene's automata. */
@NullMarked
package dev.pargo.llm.constraint.language;

import org.jspecify.annotations.NullMarked;
