package dev.pargo.llm.engine;

import dev.pargo.models.llm.KvCache;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The pages of one sequence, in order. Several sequences may use a page as long as none of them writes into it. Not
 * thread-safe.
 */
final class BlockTable {

    private static final int PAGE = KvCache.PAGE_TOKENS;

    private final PagePool pool;
    private final List<Integer> pages = new ArrayList<>();

    private BlockTable(PagePool pool, int[] shared) {
        this.pool = pool;
        Arrays.stream(shared).forEach(page -> {
            pool.share(page);
            pages.add(page);
        });
    }

    /** A table of the pages of a prompt's beginning. */
    static BlockTable of(PagePool pool, PrefixTree.Match beginning) {
        return new BlockTable(pool, beginning.pages());
    }

    /** Another sequence with the same content. */
    BlockTable fork() {
        return new BlockTable(pool, pages());
    }

    int[] pages() {
        return pages.stream().mapToInt(Integer::intValue).toArray();
    }

    /** Number of pages that are missing to have a number of positions. */
    int missing(int positions) {
        return Math.max(0, KvCache.pages(positions) - pages.size());
    }

    /** Pages with some of the positions, which other sequences use too. They are copied before this sequence writes. */
    int[] shared(int from, int to) {
        return IntStream.range(from / PAGE, Math.min(pages.size(), KvCache.pages(to)))
                .map(pages::get)
                .filter(page -> pool.uses(page) > 1)
                .toArray();
    }

    /**
     * Lets the sequence write at some positions.
     *
     * @param from   not after the end of the sequence's content
     * @param copies gets the pages that must be copied before, see {@link PagePool#writable}
     */
    void prepare(int from, int to, Map<Integer, Integer> copies) {
        for (int i = from / PAGE; i < KvCache.pages(to); i++) {
            if (i == pages.size()) {
                pages.add(pool.take());
            } else {
                pages.set(i, pool.writable(pages.get(i), Math.max(0, from - i * PAGE), copies));
            }
        }
    }

    /** Ends the use of all pages, the last first, so that it is evicted before those that it continues. */
    void release() {
        while (!pages.isEmpty()) {
            pool.release(pages.remove(pages.size() - 1));
        }
    }

    /** The same, and what no other sequence uses is not kept. */
    void discard() {
        while (!pages.isEmpty()) {
            pool.discard(pages.remove(pages.size() - 1));
        }
    }
}
