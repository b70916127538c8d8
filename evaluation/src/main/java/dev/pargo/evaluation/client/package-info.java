@NullMarked
package dev.pargo.evaluation.client;

import org.jspecify.annotations.NullMarked;
