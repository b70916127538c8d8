/** The page at {@code /}: plain files under {@code static}, and the headers that they are served with. */
@NullMarked
package dev.pargo.gateway.page;

import org.jspecify.annotations.NullMarked;
