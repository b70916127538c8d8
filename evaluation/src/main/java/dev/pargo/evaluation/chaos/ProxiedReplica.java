package dev.pargo.evaluation.chaos;

import dev.pargo.evaluation.stack.ServiceKind;
import dev.pargo.evaluation.stack.ServiceProcess;
import dev.pargo.evaluation.stack.StackPorts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** One replica of a stage, behind a proxy. It keeps its port when it restarts. */
final class ProxiedReplica implements AutoCloseable {

    private final ServiceKind kind;
    private final StackPorts ports;
    private final Map<String, String> settings;
    private final Proxy proxy;
    private Path bundle;
    private ServiceProcess process;

    /** Starts a replica; {@link #awaitReady} waits for it. */
    ProxiedReplica(ServiceKind kind, Path bundle, Map<String, String> settings, Random random) throws IOException {
        this.kind = kind;
        this.ports = StackPorts.free();
        this.settings = Map.copyOf(settings);
        this.proxy = new Proxy(ports.work(kind), random);
        this.bundle = bundle;
        this.process = launch();
    }

    ServiceKind kind() {
        return kind;
    }

    ServiceProcess process() {
        return process;
    }

    Proxy proxy() {
        return proxy;
    }

    /** Starts the replica again, with the same model. */
    void restart() throws IOException {
        restart(bundle);
    }

    /** Starts the replica again, with another model. */
    void restart(Path otherBundle) throws IOException {
        bundle = otherBundle;
        process = launch();
    }

    void awaitReady() throws IOException {
        process.awaitReady();
    }

    @Override
    public void close() throws IOException, InterruptedException {
        try (proxy) {
            process.close();
        }
    }

    private ServiceProcess launch() throws IOException {
        Map<String, String> environment = new TreeMap<>(settings);
        environment.put("PARGO_MODEL", bundle.toString());
        return ServiceProcess.start(kind, ports, environment);
    }
}
