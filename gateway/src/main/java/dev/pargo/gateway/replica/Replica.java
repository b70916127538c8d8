package dev.pargo.gateway.replica;

import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One process of a stage: its own channel, its own state, its own description. Thread-safe.
 *
 * @param <D> the stage's description
 */
public final class Replica<D> {

    private final Address address;
    private final ManagedChannel managed;
    private final Channel channel;
    private final ReplicaWatch<D> watch;
    private final Silence silence;
    private final Duration silentAfter;
    private final OutstandingWork load = new OutstandingWork();
    private final Trust trust = new Trust();

    Replica(Address address, ManagedChannel managed, StageContract<D> contract, ReplicaProperties properties) {
        this.address = address;
        this.managed = managed;
        this.silence = new Silence();
        this.silentAfter = properties.silentAfter();
        this.channel = ClientInterceptors.intercept(managed, silence);
        this.watch = new ReplicaWatch<>(
                contract.title() + " " + address, new ReplicaProbes<>(managed, channel, contract), silence, properties);
    }

    /** {@code host:port}. */
    public String address() {
        return address.toString();
    }

    public Channel channel() {
        return channel;
    }

    public ReplicaState state() {
        return watch.state();
    }

    /** The replica's last description on this connection; null before that. */
    public @Nullable D description() {
        return watch.description();
    }

    /** The reason why the replica takes no calls, as a clause such as "does not answer". */
    String problem() {
        return watch.problem();
    }

    /** Whether the replica has sent nothing for a while although an answer is due. */
    public boolean isSilent() {
        return silence.length().compareTo(silentAfter) >= 0;
    }

    /**
     * Counts how often the replica was lost because of its silence. If this number changes during a call, the call has
     * lost its connection, even if the network has not reported it.
     */
    public int timesGivenUp() {
        return watch.timesGivenUp();
    }

    /** Unfinished work: the sum of its calls' weights. */
    public int load() {
        return load.outstanding();
    }

    /**
     * Adds a call.
     *
     * @param weight its share of the load
     */
    public Lease lease(int weight) {
        return load.lease(weight);
    }

    /** Records an answered call. */
    public void recordSuccess() {
        trust.recordSuccess();
    }

    /** Records a failed call whose cause is the replica or its connection. */
    public void recordFailure() {
        trust.recordFailure(System.nanoTime());
        watch.suspect();
    }

    /** Records that the replica takes no more calls. */
    public void markDraining() {
        watch.markDraining();
    }

    /**
     * Records an answer of other weights than described. The replica gets no calls until it has described itself again.
     */
    public void markReplaced() {
        watch.markReplaced();
    }

    /** Whether other replicas are preferred because of its recent failures. */
    public boolean rests() {
        return trust.rests(System.nanoTime());
    }

    ReplicaWatch<D> watch() {
        return watch;
    }

    Address at() {
        return address;
    }

    /** Lets running calls end and accepts no new ones. */
    void retire() {
        watch.close();
        managed.shutdown();
    }

    /** Ends running calls. */
    void close() {
        watch.close();
        managed.shutdownNow();
    }

    @Override
    public String toString() {
        return address.toString();
    }
}
