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
 * Gives an HTTP client the addresses to dial, and only public ones. A name is looked up once for each connection, and the
 * addresses that were checked are the ones that are dialled. A name that also has other addresses is refused.
 *
 * <p>The addresses carry the name, which is what the server's certificate is checked against.
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
