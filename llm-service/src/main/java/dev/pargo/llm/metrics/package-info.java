/** The engine's meters under the names that other tools read. */
@NullMarked
package dev.pargo.llm.metrics;

import org.jspecify.annotations.NullMarked;
