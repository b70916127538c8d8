/** Questions of the user's own. */
@NullMarked
package dev.pargo.evaluation.benchmark.jsonl;

import org.jspecify.annotations.NullMarked;
