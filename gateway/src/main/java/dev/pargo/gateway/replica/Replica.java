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
    private final Load load = new Load();
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

    /** What the replica last said of itself; null unless it has done so since it was connected. */
    public @Nullable D description() {
        return watch.description();
    }

    /** Why the replica takes no calls, a clause such as "does not answer". */
    String problem() {
        return watch.problem();
    }

    /** Whether the replica has sent nothing for a while although an answer is due. */
    public boolean isSilent() {
        return silence.length().compareTo(silentAfter) >= 0;
    }

    /**
     * Counts how often the replica has been given up because nothing came from it. A call that sees this number change has
     * lost its connection, whether the network says so or not.
     */
    public int timesGivenUp() {
        return watch.timesGivenUp();
    }

    /** Work that it has not done yet: calls, or what they weigh. */
    public int load() {
        return load.outstanding();
    }

    /**
     * Takes a call on.
     *
     * @param weight its share of the load
     */
    public Lease lease(int weight) {
        return load.lease(weight);
    }

    /** A call has been answered. */
    public void succeeded() {
        trust.succeeded();
    }

    /** A call has failed, and the replica or its connection is to blame. */
    public void failed() {
        trust.failed(System.nanoTime());
        watch.suspect();
    }

    /** A call has been told that the replica takes no more. */
    public void draining() {
        watch.draining();
    }

    /** A call has been answered by other weights than described: no more calls until it has described itself again. */
    public void replaced() {
        watch.replaced();
    }

    /** Whether it has failed so often lately that others are preferred. */
    public boolean rests() {
        return trust.rests(System.nanoTime());
    }

    ReplicaWatch<D> watch() {
        return watch;
    }

    Address at() {
        return address;
    }

    /** Lets running calls end and takes no more. */
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
