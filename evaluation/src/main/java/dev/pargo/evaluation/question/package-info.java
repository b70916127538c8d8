/** Files of the user's own questions and answers. */
@NullMarked
package dev.pargo.evaluation.question;

import org.jspecify.annotations.NullMarked;
