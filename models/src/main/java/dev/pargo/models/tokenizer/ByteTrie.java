package dev.pargo.models.tokenizer;

import java.util.Arrays;

/**
 * A map from byte strings to numbers, walked byte by byte: an open-addressed table from a node and a byte to the next node.
 * Thread-safe once it is built.
 */
final class ByteTrie {

    /** The node that every walk begins at. */
    static final int ROOT = 0;

    /** No such node, or no value at a node. */
    static final int NONE = -1;

    private static final long FREE = -1;

    private long[] edges = new long[1 << 10];
    private int[] targets = new int[edges.length];
    private int[] values = new int[1 << 9];
    private int nodes = 1;

    ByteTrie() {
        Arrays.fill(edges, FREE);
        Arrays.fill(values, NONE);
    }

    /** @return the value that the key had before, or {@link #NONE} */
    int put(byte[] key, int value) {
        int node = ROOT;
        for (byte next : key) {
            int found = next(node, next);
            node = found == NONE ? add(node, next) : found;
        }
        int before = values[node];
        values[node] = value;
        return before;
    }

    /** The node after one more byte, or {@link #NONE}. */
    int next(int node, byte next) {
        long edge = edge(node, next);
        for (int slot = slot(edge); ; slot = slot + 1 & edges.length - 1) {
            if (edges[slot] == edge) {
                return targets[slot];
            }
            if (edges[slot] == FREE) {
                return NONE;
            }
        }
    }

    /** The value of the key that ends at a node, or {@link #NONE}. */
    int value(int node) {
        return values[node];
    }

    /** The value of a slice, or {@link #NONE}. */
    int get(byte[] text, int from, int to) {
        int node = ROOT;
        for (int i = from; i < to && node != NONE; i++) {
            node = next(node, text[i]);
        }
        return node == NONE ? NONE : values[node];
    }

    /** Bytes of the longest key that the text has at a position; 0 if it has none. */
    int longestPrefix(byte[] text, int from) {
        int longest = 0;
        int node = ROOT;
        for (int i = from; i < text.length; i++) {
            node = next(node, text[i]);
            if (node == NONE) {
                break;
            }
            if (values[node] != NONE) {
                longest = i + 1 - from;
            }
        }
        return longest;
    }

    private int add(int node, byte next) {
        if (2 * nodes > edges.length) {
            grow();
        }
        if (nodes == values.length) {
            values = Arrays.copyOf(values, 2 * nodes);
            Arrays.fill(values, nodes, 2 * nodes, NONE);
        }
        put(edge(node, next), nodes);
        return nodes++;
    }

    private void grow() {
        long[] oldEdges = edges;
        int[] oldTargets = targets;
        edges = new long[2 * oldEdges.length];
        targets = new int[edges.length];
        Arrays.fill(edges, FREE);
        for (int slot = 0; slot < oldEdges.length; slot++) {
            if (oldEdges[slot] != FREE) {
                put(oldEdges[slot], oldTargets[slot]);
            }
        }
    }

    private void put(long edge, int target) {
        int slot = slot(edge);
        while (edges[slot] != FREE) {
            slot = slot + 1 & edges.length - 1;
        }
        edges[slot] = edge;
        targets[slot] = target;
    }

    private static long edge(int node, byte next) {
        return (long) node << Byte.SIZE | next & 0xFF;
    }

    private int slot(long edge) {
        long mixed = edge * 0x9E3779B97F4A7C15L;
        return (int) (mixed >>> 32) & edges.length - 1;
    }
}
