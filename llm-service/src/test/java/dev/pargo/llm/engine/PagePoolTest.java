package dev.pargo.llm.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pargo.models.llm.KvCache;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pages, their tree and the tables of sequences, with the pages' content in arrays. */
class PagePoolTest {

    private static final int PAGE = KvCache.PAGE_TOKENS;
    private static final int PAGES = 8;

    private final PagePool pool = new PagePool(PAGES);
    private final long[][] content = new long[PAGES][PAGE];

    /** Writes keys from a position on, as a step does. */
    private void write(BlockTable table, long[] keys, int from) {
        Map<Integer, Integer> copies = new LinkedHashMap<>();
        table.prepare(from, keys.length, copies);
        Map<Integer, long[]> read = new LinkedHashMap<>();
        copies.forEach((to, source) -> read.put(to, content[source].clone()));
        read.forEach((to, values) -> content[to] = values);
        int[] pages = table.pages();
        for (int i = from; i < keys.length; i++) {
            content[pages[i / PAGE]][i % PAGE] = keys[i];
        }
    }

    private long[] read(BlockTable table, int positions) {
        int[] pages = table.pages();
        long[] keys = new long[positions];
        Arrays.setAll(keys, i -> content[pages[i / PAGE]][i % PAGE]);
        return keys;
    }

    /** A sequence of this prompt, with what is in the cache already. */
    private BlockTable begun(long[] prompt) {
        PrefixTree.Match found = pool.find(prompt);
        BlockTable table = BlockTable.of(pool, found);
        assertThat(read(table, found.positions())).isEqualTo(Arrays.copyOf(prompt, found.positions()));
        write(table, prompt, found.positions());
        return table;
    }

    private void end(BlockTable table, long[] keys) {
        pool.keep(keys, table, false);
        table.release();
    }

    private void served(long[] prompt) {
        end(begun(prompt), prompt);
    }

    private int found(long[] prompt) {
        return pool.find(prompt).positions();
    }

    /** Keys from 1 on, the last of which differ by the branch. */
    private static long[] keys(int length, int common, int branch) {
        return LongStream.range(0, length)
                .map(i -> i < common ? i + 1 : 1000L * branch + i)
                .toArray();
    }

    @Test
    void aNewPromptFindsNothing() {
        assertThat(found(keys(100, 0, 1))).isZero();
    }

    @Test
    void aPromptFindsEveryCommonPositionButItsLast() {
        served(keys(200, 200, 0));
        assertThat(found(keys(200, 200, 0))).isEqualTo(199);
        assertThat(found(keys(300, 150, 1))).isEqualTo(150);
        assertThat(found(keys(300, 300, 0))).isEqualTo(200);
        assertThat(found(keys(128, 128, 0))).isEqualTo(127);
        assertThat(found(keys(20, 3, 1))).isEqualTo(3);
    }

    @Test
    void whatIsCommonTakesPagesOnce() {
        BlockTable first = begun(keys(3 * PAGE, 2 * PAGE, 1));
        pool.keep(keys(3 * PAGE, 2 * PAGE, 1), first, true);
        BlockTable second = begun(keys(3 * PAGE, 2 * PAGE, 2));
        assertThat(pool.available()).isEqualTo(PAGES - 4);
        assertThat(read(first, 3 * PAGE)).isEqualTo(keys(3 * PAGE, 2 * PAGE, 1));
        assertThat(read(second, 3 * PAGE)).isEqualTo(keys(3 * PAGE, 2 * PAGE, 2));
    }

    @Test
    void theNextTurnContinuesInTheLastPage() {
        served(keys(100, 100, 0));
        BlockTable next = begun(keys(120, 120, 0));
        assertThat(pool.available()).isEqualTo(PAGES - 2);
        assertThat(pool.evictions()).isZero();
        end(next, keys(120, 120, 0));
        assertThat(found(keys(130, 130, 0))).isEqualTo(120);
    }

    @Test
    void aBranchLeavesTheKeptContentAlone() {
        served(keys(100, 100, 0));
        served(keys(110, 90, 1));
        assertThat(found(keys(130, 100, 2))).isEqualTo(100);
        assertThat(found(keys(110, 90, 1))).isEqualTo(109);
    }

    @Test
    void sequencesOfOnePromptCopyItsLastPageWhenTheyWrite() {
        BlockTable first = begun(keys(100, 100, 0));
        BlockTable second = first.fork();
        assertThat(pool.available()).isEqualTo(PAGES - 2);
        write(first, keys(101, 100, 1), 100);
        write(second, keys(101, 100, 2), 100);
        assertThat(pool.available()).isEqualTo(PAGES - 3);
        assertThat(read(first, 101)).isEqualTo(keys(101, 100, 1));
        assertThat(read(second, 101)).isEqualTo(keys(101, 100, 2));
    }

    @Test
    void whatWasUsedLongestAgoIsEvictedFirstFromItsEnd() {
        served(keys(4 * PAGE, 0, 1));
        served(keys(4 * PAGE, 0, 2));
        BlockTable third = begun(keys(2 * PAGE, 0, 3));
        assertThat(pool.evictions()).isEqualTo(2);
        assertThat(found(keys(4 * PAGE, 0, 1))).isEqualTo(2 * PAGE);
        assertThat(found(keys(4 * PAGE, 0, 2))).isEqualTo(4 * PAGE - 1);
        third.release();
    }

    @Test
    void whatASequenceUsesIsNotEvicted() {
        BlockTable first = begun(keys(4 * PAGE, 0, 1));
        BlockTable second = begun(keys(4 * PAGE, 0, 2));
        assertThat(pool.available()).isZero();
        assertThatThrownBy(() -> begun(keys(PAGE, 0, 3))).isInstanceOf(NoSuchElementException.class);
        assertThat(read(first, 4 * PAGE)).isEqualTo(keys(4 * PAGE, 0, 1));
        second.release();
        assertThat(pool.available()).isEqualTo(4);
    }

    @Test
    void theLastPageIsGivenUpIfThereIsNoOtherToWriteInto() {
        served(keys(PAGES * PAGE, PAGES * PAGE, 0));
        BlockTable table = begun(keys(PAGES * PAGE, PAGES * PAGE - 10, 1));
        assertThat(read(table, PAGES * PAGE)).isEqualTo(keys(PAGES * PAGE, PAGES * PAGE - 10, 1));
        assertThat(pool.available()).isZero();
    }

    @Test
    void discardedContentIsNotFound() {
        served(keys(PAGE, PAGE, 0));
        BlockTable table = begun(keys(100, 100, 0));
        pool.keep(keys(100, 100, 0), table, true);
        table.discard();
        assertThat(found(keys(100, 100, 0))).isZero();
        assertThat(pool.available()).isEqualTo(PAGES);
    }

    @Test
    void aVeryLongPromptIsForgottenWithItsFirstPage() {
        int pages = 20_000;
        PagePool large = new PagePool(pages);
        long[] keys = keys(pages * PAGE, pages * PAGE, 0);
        BlockTable whole = BlockTable.of(large, large.find(keys));
        whole.prepare(0, keys.length, new LinkedHashMap<>());
        large.keep(keys, whole, false);
        whole.release();
        BlockTable beginning = BlockTable.of(large, large.find(Arrays.copyOf(keys, PAGE + 1)));
        assertThat(large.available()).isEqualTo(pages - 1);
        beginning.discard();
        assertThat(large.available()).isEqualTo(pages);
        assertThat(large.find(keys).positions()).isZero();
    }

    @Test
    void refusesToReleaseAPageTwice() {
        int page = pool.take();
        pool.release(page);
        assertThatThrownBy(() -> pool.release(page)).hasMessageContaining("page %d is free".formatted(page));
    }

    private record Running(BlockTable table, long[] keys) {}

    /** Sequences begin, branch, write, end and fail in any order; each always reads what it has written. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5})
    void everySequenceKeepsItsContent(int seed) {
        Random random = new Random(seed);
        List<Running> running = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            int choice = random.nextInt(8);
            if (choice == 0 && pool.available() > 3) {
                long[] prompt = keys(1 + random.nextInt(3 * PAGE), random.nextInt(3 * PAGE), random.nextInt(4));
                BlockTable table = begun(prompt);
                pool.keep(Arrays.copyOf(prompt, random.nextInt(prompt.length + 1)), table, true);
                running.add(new Running(table, prompt));
            } else if (!running.isEmpty()) {
                Running chosen = running.remove(random.nextInt(running.size()));
                if (choice == 1) {
                    end(chosen.table(), chosen.keys());
                } else if (choice == 2) {
                    chosen.table().discard();
                } else if (choice == 3) {
                    running.add(chosen);
                    running.add(new Running(chosen.table().fork(), chosen.keys()));
                } else if (pool.available() > 1) {
                    int more = 1 + random.nextInt(4);
                    long[] keys = Arrays.copyOf(chosen.keys(), chosen.keys().length + more);
                    for (int j = 0; j < more; j++) {
                        keys[keys.length - 1 - j] = random.nextInt(2);
                    }
                    if (keys.length <= 4 * PAGE) {
                        write(chosen.table(), keys, chosen.keys().length);
                        running.add(new Running(chosen.table(), keys));
                    } else {
                        end(chosen.table(), chosen.keys());
                    }
                } else {
                    running.add(chosen);
                }
            }
            running.forEach(
                    each -> assertThat(read(each.table(), each.keys().length)).isEqualTo(each.keys()));
            long used = running.stream()
                    .flatMapToInt(each -> Arrays.stream(each.table().pages()))
                    .distinct()
                    .count();
            assertThat(pool.available()).isEqualTo(PAGES - used);
        }
        assertThat(pool.evictions()).isPositive();
        running.forEach(each -> end(each.table(), each.keys()));
        List<Integer> all = new ArrayList<>();
        for (int i = 0; i < PAGES; i++) {
            all.add(pool.take());
        }
        assertThat(all).doesNotHaveDuplicates();
    }
}
