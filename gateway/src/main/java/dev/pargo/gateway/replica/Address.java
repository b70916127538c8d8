package dev.pargo.gateway.replica;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The address of one replica.
 *
 * @param host      a name or an IP address
 * @param authority name in the replica's certificate: the host and port in the configuration
 */
record Address(String host, int port, String authority) {

    private static final Pattern HOST_AND_PORT = Pattern.compile("(?:\\[([^\\[\\]]+)]|([^:\\[\\]/,\\s]+)):(\\d{1,5})");

    /**
     * Reads {@code host:port}; an IPv6 address is in brackets.
     *
     * @throws IllegalArgumentException if it has another form
     */
    static Address parse(String text) {
        Matcher parts = HOST_AND_PORT.matcher(text.strip());
        if (!parts.matches() || Integer.parseInt(parts.group(3)) > 65_535) {
            throw new IllegalArgumentException("'%s' is not an address: write host:port".formatted(text));
        }
        String host = parts.group(1) == null ? parts.group(2) : parts.group(1);
        return new Address(host, Integer.parseInt(parts.group(3)), text.strip());
    }

    /** The same replica by one of its name's IP addresses. */
    Address at(String ip) {
        return new Address(ip, port, authority);
    }

    /** {@code host:port}. */
    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
