@NullMarked
package dev.pargo.evaluation.bench.gateway;

import org.jspecify.annotations.NullMarked;
