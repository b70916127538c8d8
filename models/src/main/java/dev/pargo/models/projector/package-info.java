@NullMarked
package dev.pargo.models.projector;

import org.jspecify.annotations.NullMarked;
