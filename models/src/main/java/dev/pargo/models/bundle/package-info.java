@NullMarked
package dev.pargo.models.bundle;

import org.jspecify.annotations.NullMarked;
