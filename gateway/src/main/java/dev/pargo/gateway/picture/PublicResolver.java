package dev.pargo.gateway.picture;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.eclipse.jetty.util.Promise;
import org.eclipse.jetty.util.SocketAddressResolver;

/**
 * Resolves names for an HTTP client, to public addresses only. A name is resolved once for each connection, and the
 * connection uses the checked addresses. A name that also has other addresses is refused.
 *
 * <p>The addresses keep the name, because the server's certificate is checked against it.
 */
record PublicResolver(Names names) implements SocketAddressResolver {

    @Override
    public void resolve(String host, int port, Map<String, Object> context, Promise<List<InetSocketAddress>> promise) {
        try {
            List<InetSocketAddress> addresses = new ArrayList<>();
            for (InetAddress address : names.lookUp(host)) {
                if (!PublicAddresses.contains(address)) {
                    throw new UnknownHostException("not public");
                }
                addresses.add(new InetSocketAddress(InetAddress.getByAddress(host, address.getAddress()), port));
            }
            promise.succeeded(addresses);
        } catch (UnknownHostException unknown) {
            promise.failed(unknown);
        }
    }
}
