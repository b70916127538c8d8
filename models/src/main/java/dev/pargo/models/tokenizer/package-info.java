@NullMarked
package dev.pargo.models.tokenizer;

import org.jspecify.annotations.NullMarked;
