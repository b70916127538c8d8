/** Files of one's own questions with their answers. */
@NullMarked
package dev.pargo.evaluation.question;

import org.jspecify.annotations.NullMarked;
