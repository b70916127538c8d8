@NullMarked
package dev.pargo.models.torch;

import org.jspecify.annotations.NullMarked;
