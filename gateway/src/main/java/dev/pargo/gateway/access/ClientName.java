package dev.pargo.gateway.access;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * Names of clients, by which stages share themselves fairly. They are hashes, so that stages learn neither keys nor
 * addresses.
 */
final class ClientName {

    private static final int BYTES = 16;

    /** A client with IPv6 usually has a whole network of addresses. */
    private static final int IPV6_NETWORK_BYTES = 8;

    private ClientName() {}

    /** All users of one API key are one client. */
    static String ofKey(String name) {
        return hash(("key " + name).getBytes(UTF_8));
    }

    /** All users behind one IPv4 address, or in one IPv6 network of 64 bits, are one client. */
    static String ofAddress(String address) {
        try {
            // A literal address is not looked up.
            InetAddress parsed = InetAddress.getByName(address);
            byte[] bytes = parsed.getAddress();
            return hash(parsed instanceof Inet6Address ? Arrays.copyOf(bytes, IPV6_NETWORK_BYTES) : bytes);
        } catch (UnknownHostException noAddress) {
            return hash(address.getBytes(UTF_8));
        }
    }

    private static String hash(byte[] identity) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(identity);
            return HexFormat.of().formatHex(hash, 0, BYTES);
        } catch (NoSuchAlgorithmException everyJvmHasIt) {
            throw new IllegalStateException(everyJvmHasIt);
        }
    }
}
