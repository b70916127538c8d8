/** An HTTP server for the actuator only, which reads no bodies. */
@NullMarked
package dev.pargo.service.http;

import org.jspecify.annotations.NullMarked;
