/** Reading of the JSON files that describe models. */
@NullMarked
package dev.pargo.models.config;

import org.jspecify.annotations.NullMarked;
