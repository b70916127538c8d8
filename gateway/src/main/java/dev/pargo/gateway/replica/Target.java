package dev.pargo.gateway.replica;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The configured addresses of a stage's replicas. */
interface Target {

    /**
     * Reads {@code static://a:9091,b:9091}, where every address is a replica, or {@code dns:///name:9091}, where every IP
     * address of the name is one. An address without a scheme is a static one.
     *
     * @throws IllegalArgumentException if it has neither form
     */
    static Target parse(String text) {
        int colon = text.indexOf(':');
        String scheme = text.substring(0, Math.max(0, colon));
        String rest = text.substring(colon + 1).replaceFirst("^/*", "");
        return switch (scheme) {
            case "static" -> Listed.parse(rest);
            case "dns" -> new Named(Address.parse(rest));
            default -> Listed.parse(text);
        };
    }

    /** The current addresses. May block on a name server. */
    Set<Address> addresses() throws UnknownHostException;

    /** Whether {@link #addresses()} may change. */
    boolean mayChange();

    /** Fixed addresses. */
    record Listed(Set<Address> addresses) implements Target {

        static Listed parse(String list) {
            return new Listed(Arrays.stream(list.split(","))
                    .map(Address::parse)
                    .collect(Collectors.toCollection(LinkedHashSet::new)));
        }

        @Override
        public boolean mayChange() {
            return false;
        }
    }

    /** One name for all replicas. */
    record Named(Address name) implements Target {

        @Override
        public Set<Address> addresses() throws UnknownHostException {
            return Stream.of(InetAddress.getAllByName(name.host()))
                    .map(ip -> name.at(ip.getHostAddress()))
                    .collect(Collectors.toCollection(LinkedHashSet::new));
        }

        @Override
        public boolean mayChange() {
            return true;
        }
    }
}
