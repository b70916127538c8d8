/** How failures are told. */
@NullMarked
package dev.pargo.service.failure;

import org.jspecify.annotations.NullMarked;
