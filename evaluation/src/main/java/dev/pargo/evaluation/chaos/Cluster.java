package dev.pargo.evaluation.chaos;

import dev.pargo.evaluation.stack.ServiceKind;
import dev.pargo.evaluation.stack.ServiceProcess;
import dev.pargo.evaluation.stack.StackPorts;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A gateway in front of several replicas of every stage. */
final class Cluster implements AutoCloseable {

    private final List<ProxiedReplica> replicas = new ArrayList<>();
    private final StackPorts gatewayPorts = StackPorts.free();
    private final Map<String, String> settings;
    private ServiceProcess gateway;
    private boolean sameBundle = true;

    /**
     * Starts a cluster and waits until it is ready.
     *
     * @param count    replicas of each stage
     * @param settings more of the environment of all services
     */
    Cluster(Path bundle, int count, Map<String, String> settings, Random random) throws IOException {
        this.settings = new TreeMap<>(settings);
        // Small, so that the cache is full after a few requests and memory at rest is comparable.
        this.settings.put("PARGO_VISUAL_CACHE", "32MB");
        try {
            for (ServiceKind kind : ServiceKind.STAGES) {
                for (int i = 0; i < count; i++) {
                    replicas.add(new ProxiedReplica(kind, bundle, settings, random));
                }
            }
            restartGateway();
            awaitReady();
        } catch (IOException | RuntimeException failure) {
            close();
            throw failure;
        }
    }

    /** The gateway's address. */
    URI url() {
        return URI.create("http://127.0.0.1:" + gatewayPorts.work(ServiceKind.GATEWAY));
    }

    ServiceProcess gateway() {
        return gateway;
    }

    /** All replicas of all stages. */
    List<ProxiedReplica> replicas() {
        return List.copyOf(replicas);
    }

    /** All replicas of a stage. */
    List<ProxiedReplica> replicas(ServiceKind kind) {
        return replicas.stream().filter(replica -> replica.kind() == kind).toList();
    }

    /** One replica of a stage. */
    ProxiedReplica replica(ServiceKind kind, int index) {
        return replicas(kind).get(index);
    }

    /** Replicas of a stage. */
    int count() {
        return replicas.size() / ServiceKind.STAGES.size();
    }

    /** All processes, the gateway included. */
    List<ServiceProcess> processes() {
        List<ServiceProcess> processes =
                replicas.stream().map(ProxiedReplica::process).collect(Collectors.toCollection(ArrayList::new));
        processes.add(gateway);
        return processes;
    }

    /** Sets whether the stages of an answer must be of one bundle. Restarts the gateway if that changes. */
    void requireSameBundle(boolean required) throws IOException, InterruptedException {
        if (required != sameBundle) {
            sameBundle = required;
            gateway.close();
            restartGateway();
            gateway.awaitReady();
        }
    }

    /** Restarts the gateway after it has ended. */
    void restartGateway() throws IOException {
        gateway = ServiceProcess.start(ServiceKind.GATEWAY, gatewayPorts, gatewaySettings());
    }

    void awaitReady() throws IOException {
        for (ServiceProcess process : processes()) {
            process.awaitReady();
        }
    }

    @Override
    public void close() {
        List<AutoCloseable> running = new ArrayList<>(replicas);
        if (gateway != null) {
            running.add(gateway);
        }
        running.parallelStream().forEach(Cluster::close);
    }

    private static void close(AutoCloseable service) {
        try {
            service.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private Map<String, String> gatewaySettings() {
        Map<String, String> environment = new TreeMap<>(settings);
        for (ServiceKind kind : ServiceKind.STAGES) {
            environment.put("PARGO_PIPELINES_0_" + kind.name(), target(kind));
        }
        environment.put("PARGO_PIPELINES_0_REQUIRESAMEBUNDLE", String.valueOf(sameBundle));
        return environment;
    }

    private String target(ServiceKind kind) {
        return replicas(kind).stream()
                .map(replica -> "127.0.0.1:" + replica.proxy().port())
                .collect(Collectors.joining(",", "static://", ""));
    }
}
