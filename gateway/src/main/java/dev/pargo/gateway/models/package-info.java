/** The list of models. */
@NullMarked
package dev.pargo.gateway.models;

import org.jspecify.annotations.NullMarked;
