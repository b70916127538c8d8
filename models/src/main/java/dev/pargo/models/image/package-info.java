@NullMarked
package dev.pargo.models.image;

import org.jspecify.annotations.NullMarked;
