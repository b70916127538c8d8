/** The page at {@code /} in a real browser. Without Chromium and its driver these tests are skipped, and say so. */
@NullMarked
package dev.pargo.evaluation.page;

import org.jspecify.annotations.NullMarked;
