@NullMarked
package dev.pargo.evaluation.ask;

import org.jspecify.annotations.NullMarked;
