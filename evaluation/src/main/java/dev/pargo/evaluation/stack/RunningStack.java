package dev.pargo.evaluation.stack;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Encoder, projector, LLM and gateway as processes on free ports. Closing it kills them. */
public final class RunningStack implements AutoCloseable {

    private final StackPorts ports;
    private final Map<String, String> settings;
    private final Map<ServiceKind, List<String>> options;
    private final Map<ServiceKind, ServiceProcess> services = new EnumMap<>(ServiceKind.class);
    private final List<ServiceProcess> others = new ArrayList<>();

    private RunningStack(StackPorts ports, Map<String, String> settings, Map<ServiceKind, List<String>> options) {
        this.ports = ports;
        this.settings = settings;
        this.options = options;
    }

    /**
     * Starts a stack and waits until it is ready.
     *
     * @param bundle   the model
     * @param settings more of the environment of all services
     */
    public static RunningStack start(Path bundle, Map<String, String> settings) throws IOException {
        return start(bundle, settings, Map.of());
    }

    /**
     * Starts a stack and waits until it is ready.
     *
     * @param options more options of the services' JVMs
     */
    public static RunningStack start(Path bundle, Map<String, String> settings, Map<ServiceKind, List<String>> options)
            throws IOException {
        recordStartArchives();
        Map<String, String> all = new TreeMap<>(settings);
        all.put("PARGO_MODEL", bundle.toString());
        RunningStack stack = new RunningStack(StackPorts.free(), all, options);
        try {
            for (ServiceKind kind : ServiceKind.values()) {
                stack.services.put(
                        kind, ServiceProcess.start(kind, stack.ports, all, options.getOrDefault(kind, List.of())));
            }
            for (ServiceProcess service : stack.services.values()) {
                service.awaitReady();
            }
            return stack;
        } catch (Throwable failure) {
            stack.close();
            throw failure;
        }
    }

    private static void recordStartArchives() throws IOException {
        try {
            StartArchive.recordMissing();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    /** The gateway's address. */
    public URI url() {
        return url(ports);
    }

    /** The ports of all its services. */
    public StackPorts ports() {
        return ports;
    }

    /** All processes of the stack itself. */
    public List<ServiceProcess> processes() {
        return List.copyOf(services.values());
    }

    public ServiceProcess service(ServiceKind kind) {
        return services.get(kind);
    }

    /** Starts another gateway in front of the same stages and waits until it is ready. */
    public URI startGateway(Map<String, String> otherSettings) throws IOException {
        return url(startOther(ServiceKind.GATEWAY, otherSettings));
    }

    /** Starts another service of a kind, apart from the stack's gateway, and waits until it is ready; gives its ports. */
    public StackPorts startOther(ServiceKind kind, Map<String, String> otherSettings) throws IOException {
        StackPorts other = ports.withOther(kind);
        Map<String, String> all = new TreeMap<>(settings);
        all.putAll(otherSettings);
        ServiceProcess service = ServiceProcess.start(kind, other, all);
        others.add(service);
        service.awaitReady();
        return other;
    }

    /** Restarts a killed service with another model, and waits until it is ready. */
    public void restart(ServiceKind kind, Path bundle) throws IOException {
        Map<String, String> all = new TreeMap<>(settings);
        all.put("PARGO_MODEL", bundle.toString());
        ServiceProcess service = ServiceProcess.start(kind, ports, all);
        services.put(kind, service);
        service.awaitReady();
    }

    /** Restarts services that have ended, and waits until they are ready. */
    public void restartEnded() throws IOException {
        for (ServiceKind kind : ServiceKind.values()) {
            if (!services.get(kind).isAlive()) {
                services.put(kind, ServiceProcess.start(kind, ports, settings, options.getOrDefault(kind, List.of())));
            }
        }
        for (ServiceProcess service : services.values()) {
            service.awaitReady();
        }
    }

    @Override
    public void close() {
        List<ServiceProcess> running = new ArrayList<>(others);
        running.addAll(services.values());
        running.parallelStream().forEach(RunningStack::stop);
    }

    private static void stop(ServiceProcess service) {
        try {
            service.kill();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static URI url(StackPorts ports) {
        return URI.create("http://127.0.0.1:" + ports.work(ServiceKind.GATEWAY));
    }
}
