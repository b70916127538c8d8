@NullMarked
package dev.pargo.models.vision;

import org.jspecify.annotations.NullMarked;
