/** The product's promises to its users, tested over HTTP with real processes. */
@NullMarked
package dev.pargo.evaluation.acceptance;

import org.jspecify.annotations.NullMarked;
