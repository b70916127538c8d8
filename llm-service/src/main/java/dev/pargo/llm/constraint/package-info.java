/** What answers must look like: one of some strings, or a JSON object. */
@NullMarked
package dev.pargo.llm.constraint;

import org.jspecify.annotations.NullMarked;
