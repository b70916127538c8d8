/** TLS between the services, with certificates that are reloaded while the services run. */
@NullMarked
package dev.pargo.service.tls;

import org.jspecify.annotations.NullMarked;
