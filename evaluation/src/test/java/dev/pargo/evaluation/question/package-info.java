@NullMarked
package dev.pargo.evaluation.question;

import org.jspecify.annotations.NullMarked;
