@NullMarked
package dev.pargo.llm.engine;

import org.jspecify.annotations.NullMarked;
