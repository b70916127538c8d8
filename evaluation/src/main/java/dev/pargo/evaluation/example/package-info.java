/** The bundled model's examples: questions whose answers are known. */
@NullMarked
package dev.pargo.evaluation.example;

import org.jspecify.annotations.NullMarked;
