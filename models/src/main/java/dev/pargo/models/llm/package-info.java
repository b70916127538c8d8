@NullMarked
package dev.pargo.models.llm;

import org.jspecify.annotations.NullMarked;
