@NullMarked
package dev.pargo.models.weights;

import org.jspecify.annotations.NullMarked;
