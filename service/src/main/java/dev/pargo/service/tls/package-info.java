/** Certificates of TLS connections between the services, exchanged for new ones while the services run. */
@NullMarked
package dev.pargo.service.tls;

import org.jspecify.annotations.NullMarked;
