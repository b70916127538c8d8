package dev.pargo.gateway.replica;

/** Distributes keys over replicas and sets of replicas. */
public final class Hashing {

    private Hashing() {}

    /** A hash of both, equal in every process. */
    public static long mix(long key, String name) {
        return scramble(key ^ scramble(name.hashCode()));
    }

    /** The finalizer of SplitMix64 (Steele, Lea, Flood, 2014): every bit of the input changes half of the output's. */
    private static long scramble(long z) {
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
