/** The commands of {@code ./pargo} that work on model files. */
@NullMarked
package dev.pargo.models.cli;

import org.jspecify.annotations.NullMarked;
