/** Load tests: how fast an endpoint answers, and where the time goes. */
@NullMarked
package dev.pargo.evaluation.bench;

import org.jspecify.annotations.NullMarked;
