@NullMarked
package dev.pargo.evaluation.report;

import org.jspecify.annotations.NullMarked;
