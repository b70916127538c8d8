/** What the product promises its users, asked of real processes over HTTP. */
@NullMarked
package dev.pargo.evaluation.acceptance;

import org.jspecify.annotations.NullMarked;
