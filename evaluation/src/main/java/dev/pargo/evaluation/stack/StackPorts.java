package dev.pargo.evaluation.stack;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;

/** The ports of one stack: for each service one for its work and one for management. */
public final class StackPorts {

    /**
     * Ranges are below the ports that systems use for outgoing connections, so that a port is still free when a slow
     * service opens it.
     */
    private static final int LOWEST = 20_000;

    private static final int RANGE = 4_000;

    /**
     * Processes that start stacks at the same time get different ranges, {@code range 0} to {@code range 2}, so that no two
     * stacks get the same port.
     */
    private static final int FIRST = LOWEST + RANGE * range();

    /** Ports of all stacks of this process, so that no two stacks get the same. */
    private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

    private final Map<ServiceKind, Integer> work = new LinkedHashMap<>();
    private final Map<ServiceKind, Integer> management = new LinkedHashMap<>();

    private static int range() {
        return Integer.parseInt(
                System.getProperty("pargo.ports.range", "range 0").replace("range ", ""));
    }

    private StackPorts(Iterator<Integer> free) {
        for (ServiceKind kind : ServiceKind.values()) {
            work.put(kind, free.next());
            management.put(kind, free.next());
        }
    }

    /** Ports that were free a moment ago. */
    public static StackPorts free() {
        List<Integer> ports = new ArrayList<>();
        while (ports.size() < 2 * ServiceKind.values().length) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, FIRST + RANGE);
            if (GIVEN.add(port) && isFree(port)) {
                ports.add(port);
            }
        }
        return new StackPorts(ports.iterator());
    }

    /** Ports for a launcher's stack with several projectors, whose ports differ by ten. */
    public static StackPorts freeForProjectors(int projectors) {
        StackPorts ports;
        do {
            ports = free();
        } while (!ports.leavesRoomFor(projectors));
        return ports;
    }

    private boolean leavesRoomFor(int projectors) {
        return IntStream.range(1, projectors)
                .map(projector -> 10 * projector)
                .allMatch(distance -> isFree(work(ServiceKind.PROJECTOR) + distance)
                        && isFree(management(ServiceKind.PROJECTOR) + distance));
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException taken) {
            return false;
        }
    }

    /** The same ports but for one service. */
    StackPorts withOther(ServiceKind changed) {
        StackPorts other = free();
        for (ServiceKind kind : ServiceKind.values()) {
            if (kind != changed) {
                other.work.put(kind, work(kind));
                other.management.put(kind, management(kind));
            }
        }
        return other;
    }

    public int work(ServiceKind kind) {
        return work.get(kind);
    }

    public int management(ServiceKind kind) {
        return management.get(kind);
    }

    /** The environment variables that set these ports for the services and the launcher. */
    public Map<String, String> environment() {
        Map<String, String> environment = new TreeMap<>();
        work.forEach((kind, port) -> environment.put("PARGO_%s_PORT".formatted(kind), port.toString()));
        management.forEach(
                (kind, port) -> environment.put("PARGO_%s_MANAGEMENT_PORT".formatted(kind), port.toString()));
        return environment;
    }
}
