@NullMarked
package dev.pargo.models.tensor;

import org.jspecify.annotations.NullMarked;
