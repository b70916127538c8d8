package dev.pargo.llm.engine;

import dev.pargo.models.llm.KvCache;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The content of the pages of the KV cache, as a tree: a node is a page, its ancestors are the pages before it (the
 * radix tree of RadixAttention; Zheng et al., SGLang, 2024, arXiv:2312.07104). A page that no sequence uses keeps its
 * content until it is evicted; of the leaves the one that has not been used for the longest time is evicted first. Only
 * leaves may be filled in part.
 *
 * <p>Content is compared by keys, one a position (see {@link PromptKeys}). A sequence that uses a node uses its
 * ancestors too. Not thread-safe.
 */
final class PrefixTree {

    private static final int PAGE = KvCache.PAGE_TOKENS;

    private final Node root = new Node(null, -1, new long[0]);
    private final @Nullable Node[] nodes;
    private final IntConsumer freed;

    /** Leaves that no sequence uses. */
    private final SortedSet<Node> evictable = new TreeSet<>(Comparator.comparingLong((Node node) -> node.since));

    private int unused;
    private long clock;

    private static final class Node {
        private final @Nullable Node parent;
        private final int page;
        private final NavigableMap<long[], Node> children = new TreeMap<>(Arrays::compare);
        private long[] keys;
        private boolean used = true;

        /** When it was last used; different for all nodes that no sequence uses. */
        private long since;

        Node(@Nullable Node parent, int page, long[] keys) {
            this.parent = parent;
            this.page = page;
            this.keys = keys;
        }
    }

    /**
     * A beginning of a prompt that the tree contains.
     *
     * @param pages     in order; the last may contain other content after the last position
     * @param positions number of positions
     */
    record Match(int[] pages, int positions) {

        /** Only the first positions. */
        Match first(int most) {
            int less = Math.min(positions, most);
            return new Match(Arrays.copyOf(pages, KvCache.pages(less)), less);
        }
    }

    /**
     * @param pages number of pages of the cache
     * @param freed is told of each page that leaves the tree, except by {@link #evict}, and is not in use
     */
    PrefixTree(int pages, IntConsumer freed) {
        this.nodes = new Node[pages];
        this.freed = freed;
    }

    /** The longest beginning of the keys that the tree contains, of at most a number of positions. */
    Match find(long[] keys, int most) {
        List<Integer> pages = new ArrayList<>();
        int positions = 0;
        Node at = root;
        while (positions < most) {
            long[] chunk = chunk(keys, positions, most);
            @Nullable Node next = closest(at, chunk);
            int common = next == null ? 0 : common(next.keys, chunk);
            if (common == 0) {
                break;
            }
            pages.add(next.page);
            positions += common;
            if (common < PAGE) {
                break;
            }
            at = next;
        }
        return new Match(pages.stream().mapToInt(Integer::intValue).toArray(), positions);
    }

    /** The child with the longest common beginning: in the order of the keys it is a neighbour. */
    private static @Nullable Node closest(Node parent, long[] chunk) {
        Map.@Nullable Entry<long[], Node> before = parent.children.floorEntry(chunk);
        Map.@Nullable Entry<long[], Node> after = parent.children.ceilingEntry(chunk);
        if (before == null || after == null) {
            return before != null ? before.getValue() : after != null ? after.getValue() : null;
        }
        return common(before.getKey(), chunk) > common(after.getKey(), chunk) ? before.getValue() : after.getValue();
    }

    /**
     * Adds the content of a sequence's pages, as far as the tree does not contain it already.
     *
     * @param keys  of the sequence's first positions
     * @param pages of the sequence, which uses them
     * @param alone whether to end at the first page whose content the tree has in another page
     */
    void keep(long[] keys, int[] pages, boolean alone) {
        Node at = root;
        for (int begin = 0; begin < keys.length; begin += PAGE) {
            long[] chunk = chunk(keys, begin, keys.length);
            int page = pages[begin / PAGE];
            Map.@Nullable Entry<long[], Node> known = at.children.ceilingEntry(chunk);
            boolean contained = known != null && common(known.getKey(), chunk) == chunk.length;
            Node next = contained ? known.getValue() : put(at, chunk, page);
            if (alone && next.page != page) {
                return;
            }
            touch(next);
            at = next;
        }
    }

    private Node put(Node parent, long[] chunk, int page) {
        @Nullable Node node = nodes[page];
        if (node == null) {
            node = new Node(parent, page, chunk);
            nodes[page] = node;
            evictable.remove(parent);
        } else if (node.parent == parent) {
            parent.children.remove(node.keys);
            node.keys = chunk;
        } else {
            throw new IllegalStateException("page %d has other content".formatted(page));
        }
        parent.children.put(chunk, node);
        Map.@Nullable Entry<long[], Node> shorter = parent.children.lowerEntry(chunk);
        if (shorter != null && !shorter.getValue().used && common(shorter.getKey(), chunk) == shorter.getKey().length) {
            remove(shorter.getValue().page);
        }
        return node;
    }

    private void touch(Node node) {
        boolean leaf = evictable.remove(node);
        node.since = ++clock;
        if (leaf) {
            evictable.add(node);
        }
    }

    /** Number of positions that the tree contains of a page; 0 if it does not contain the page. */
    int positions(int page) {
        @Nullable Node node = nodes[page];
        return node == null ? 0 : node.keys.length;
    }

    /** Number of pages in the tree that no sequence uses. */
    int unused() {
        return unused;
    }

    /** Notes that a page that was not in use is in use again. */
    void use(int page) {
        Node node = nodes[page];
        evictable.remove(node);
        node.used = true;
        unused--;
    }

    /** Notes that a page of the tree is not in use any more. */
    void rest(int page) {
        Node node = nodes[page];
        node.used = false;
        node.since = ++clock;
        unused++;
        if (node.children.isEmpty()) {
            evictable.add(node);
        }
    }

    /**
     * Removes a page that is not in use, to use it for other content.
     *
     * @throws java.util.NoSuchElementException if there is none
     */
    int evict() {
        Node node = evictable.first();
        cut(node);
        evictable.remove(node);
        nodes[node.page] = null;
        unused--;
        return node.page;
    }

    /** Removes a page of the tree, and what follows it. */
    void remove(int page) {
        Node node = nodes[page];
        cut(node);
        drop(node);
    }

    private void cut(Node node) {
        Node parent = node.parent;
        parent.children.remove(node.keys);
        if (parent != root && !parent.used && parent.children.isEmpty()) {
            evictable.add(parent);
        }
    }

    /** A loop, because a prompt may have more pages than a thread's stack has room for calls. */
    private void drop(Node top) {
        Deque<Node> rest = new ArrayDeque<>(List.of(top));
        while (!rest.isEmpty()) {
            Node node = rest.pop();
            rest.addAll(node.children.values());
            evictable.remove(node);
            nodes[node.page] = null;
            if (!node.used) {
                unused--;
                freed.accept(node.page);
            }
        }
    }

    private static long[] chunk(long[] keys, int begin, int end) {
        return Arrays.copyOfRange(keys, begin, Math.min(end, begin + PAGE));
    }

    private static int common(long[] a, long[] b) {
        int mismatch = Arrays.mismatch(a, b);
        return mismatch < 0 ? a.length : mismatch;
    }
}
