@NullMarked
package dev.pargo.llm;

import org.jspecify.annotations.NullMarked;
