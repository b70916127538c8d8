package dev.pargo.gateway.replica;

import io.grpc.ManagedChannel;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The replicas of one stage that its target currently names. Thread-safe. */
public final class ReplicaSet<D> {

    private static final Logger log = LoggerFactory.getLogger(ReplicaSet.class);

    private final StageContract<D> contract;
    private final String written;
    private final Target target;
    private final Function<Address, ManagedChannel> channels;
    private final ReplicaProperties properties;
    private final Map<Address, Replica<D>> byAddress = new LinkedHashMap<>();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile List<Replica<D>> replicas = List.of();
    private volatile @Nullable String unresolved;

    /** @param written the target as written in the configuration */
    ReplicaSet(
            StageContract<D> contract,
            String written,
            Target target,
            Function<Address, ManagedChannel> channels,
            ReplicaProperties properties) {
        this.contract = contract;
        this.written = written;
        this.target = target;
        this.channels = channels;
        this.properties = properties;
    }

    /** The target as written in the configuration. */
    public String target() {
        return written;
    }

    public StageContract<D> contract() {
        return contract;
    }

    /** A snapshot, in the order of the target. */
    public List<Replica<D>> all() {
        return replicas;
    }

    /** The replicas that accept calls. */
    public List<Replica<D>> usable() {
        return replicas.stream().filter(replica -> replica.state().takesCalls()).toList();
    }

    /** Calls the listener after every change of the set, or of the state or description of one of its replicas. */
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    /** Whether every replica has been reached or found missing. */
    public boolean isKnown() {
        return unresolved != null
                || !replicas.isEmpty()
                        && replicas.stream().allMatch(r -> r.watch().isKnown());
    }

    /** The reason why no calls can be sent, as a clause such as "cannot be reached". */
    public String problem() {
        @Nullable String lookup = unresolved;
        if (replicas.isEmpty()) {
            return lookup == null ? "has not been looked for yet" : lookup;
        }
        return replicas.stream().map(Replica::problem).distinct().collect(Collectors.joining(" or "));
    }

    boolean mayChange() {
        return target.mayChange();
    }

    /** Looks up the addresses; adds new replicas and removes those that are gone. May block. */
    void resolve() {
        try {
            Set<Address> found = target.addresses();
            unresolved = null;
            update(found);
        } catch (UnknownHostException nobody) {
            // If a name server does not answer, the replicas stay.
            unresolved = "is not known to the name server";
            tell();
        }
    }

    void tick() {
        replicas.forEach(replica -> replica.watch().tick());
    }

    /** Ends all calls. */
    void close() {
        replicas.forEach(Replica::close);
    }

    private void update(Set<Address> found) {
        List<Replica<D>> gone = new ArrayList<>();
        List<Replica<D>> come = new ArrayList<>();
        synchronized (byAddress) {
            for (Address address : new HashSet<>(byAddress.keySet())) {
                if (!found.contains(address)) {
                    gone.add(byAddress.remove(address));
                }
            }
            for (Address address : found) {
                if (!byAddress.containsKey(address)) {
                    Replica<D> replica = new Replica<>(address, channels.apply(address), contract, properties);
                    byAddress.put(address, replica);
                    come.add(replica);
                }
            }
            replicas = List.copyOf(byAddress.values());
        }
        come.forEach(replica -> {
            log.info("The {} has a replica at {}", contract.title(), replica);
            replica.watch().onChange(this::tell);
            replica.watch().start();
        });
        gone.forEach(replica -> {
            log.info("The {} has no replica at {} any more", contract.title(), replica);
            replica.retire();
        });
        if (!come.isEmpty() || !gone.isEmpty()) {
            tell();
        }
    }

    private void tell() {
        listeners.forEach(Runnable::run);
    }
}
