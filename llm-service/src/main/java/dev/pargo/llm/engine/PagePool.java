package dev.pargo.llm.engine;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Map;

/**
 * The pages of the KV cache, and how many sequences use each of them (PagedAttention; Kwon et al., SOSP 2023). A page
 * that no sequence uses is free, or keeps content in the {@link PrefixTree} until it is taken for other content. Not
 * thread-safe.
 */
final class PagePool {

    private final int[] uses;
    private final Deque<Integer> free = new ArrayDeque<>();
    private final PrefixTree tree;
    private long evictions;

    PagePool(int pages) {
        uses = new int[pages];
        tree = new PrefixTree(pages, free::push);
        for (int page = 0; page < pages; page++) {
            free.add(page);
        }
    }

    /** Number of all pages. */
    int size() {
        return uses.length;
    }

    /** Number of pages that no sequence uses. */
    int available() {
        return free.size() + tree.unused();
    }

    /** Number of sequences that use a page. */
    int uses(int page) {
        return uses[page];
    }

    /** Number of times that a page was taken although it kept content. */
    long evictions() {
        return evictions;
    }

    /** The longest kept beginning of a prompt, except for its last position, whose logits are needed. */
    PrefixTree.Match find(long[] keys) {
        return tree.find(keys, keys.length - 1);
    }

    /** Keeps the content of pages, see {@link PrefixTree#keep}. */
    void keep(long[] keys, BlockTable table, boolean alone) {
        tree.keep(keys, table.pages(), alone);
    }

    /**
     * Takes a page for one sequence: a free one, or else the one that has kept its content for the longest time.
     *
     * @throws java.util.NoSuchElementException if all are in use
     */
    int take() {
        int page;
        if (free.isEmpty()) {
            page = tree.evict();
            evictions++;
        } else {
            page = free.pop();
        }
        uses[page] = 1;
        return page;
    }

    /** Lets one more sequence use a page that has content. */
    void share(int page) {
        if (uses[page]++ == 0) {
            tree.use(page);
        }
    }

    /** Ends one sequence's use of a page. What is in the tree is kept. */
    void release(int page) {
        if (uses[page] == 0) {
            throw new IllegalStateException("page %d is free already".formatted(page));
        }
        if (--uses[page] == 0) {
            if (tree.positions(page) > 0) {
                tree.rest(page);
            } else {
                free.push(page);
            }
        }
    }

    /** Ends one sequence's use of a page. If no other sequence uses it, its content is not kept. */
    void discard(int page) {
        release(page);
        if (uses[page] == 0 && tree.positions(page) > 0) {
            tree.remove(page);
        }
    }

    /**
     * A page with the content of a page that a sequence uses, in which the sequence may write from an offset on: the
     * page itself, or another one to which the content is to be copied (copy on write).
     *
     * @param copies gets the new page and the one to copy to it
     */
    int writable(int page, int offset, Map<Integer, Integer> copies) {
        boolean alone = uses[page] == 1;
        if (alone && tree.positions(page) <= offset) {
            return page;
        }
        if (alone && available() == 0) {
            tree.remove(page);
            return page;
        }
        int other = take();
        copies.put(other, page);
        release(page);
        return other;
    }

    @Override
    public String toString() {
        return "%d of %d pages in use"
                .formatted(Arrays.stream(uses).filter(count -> count > 0).count(), uses.length);
    }
}
