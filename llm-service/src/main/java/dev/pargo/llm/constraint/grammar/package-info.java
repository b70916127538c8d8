/** Context-free grammars over bytes, and the automaton that reads them. */
@NullMarked
package dev.pargo.llm.constraint.grammar;

import org.jspecify.annotations.NullMarked;
