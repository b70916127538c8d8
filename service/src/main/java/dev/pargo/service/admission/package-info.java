/** How services divide what they can hold between their clients. */
@NullMarked
package dev.pargo.service.admission;

import org.jspecify.annotations.NullMarked;
