/** Who may call the gateway, and how much: API keys, their models and limits, and the Host header where there is no key. */
@NullMarked
package dev.pargo.gateway.access;

import org.jspecify.annotations.NullMarked;
