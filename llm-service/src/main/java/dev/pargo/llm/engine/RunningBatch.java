package dev.pargo.llm.engine;

import dev.pargo.models.llm.KvCache;
import dev.pargo.models.llm.PromptEmbedding;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The running groups, in the order of their admission, with the pages that their sequences use, and the suspended
 * groups, which use no pages. Belongs to the device's thread.
 */
final class RunningBatch {

    private final KvCache cache;
    private final PagePool pool;
    private final int maxSequences;
    private final GroupFactory factory;
    private final List<RunningGroup> groups = new ArrayList<>();
    private final Map<SequenceGroup, RunningGroup> suspended = new IdentityHashMap<>();

    /** @param maxSequences largest number of sequences that run at once */
    RunningBatch(KvCache cache, PagePool pool, int maxSequences, GroupFactory factory) {
        this.cache = cache;
        this.pool = pool;
        this.maxSequences = maxSequences;
        this.factory = factory;
    }

    /** A copy of the running groups. Later changes do not affect it. */
    List<RunningGroup> groups() {
        return List.copyOf(groups);
    }

    /** The groups whose clients have not paused them. */
    List<RunningGroup> active() {
        return groups.stream().filter(group -> !group.group().isPaused()).toList();
    }

    boolean isEmpty() {
        return groups.isEmpty();
    }

    /** Number of suspended groups. */
    int suspended() {
        return suspended.size();
    }

    /** Share of the pages that running groups use. */
    double utilization() {
        return (double) (pool.size() - pool.available()) / pool.size();
    }

    /**
     * Whether a group could be added if other groups were not running: its sequences may run, and there are pages for
     * what it has to read that is not in the cache, for what the running groups have yet to restore, and for every
     * running sequence to go on by a page. A group that runs alone always fits.
     */
    boolean fits(SequenceGroup group, List<RunningGroup> leaving) {
        List<RunningGroup> staying =
                groups.stream().filter(running -> !leaving.contains(running)).toList();
        int sequences = group.request().sequences()
                + staying.stream().mapToInt(RunningGroup::sequences).sum();
        if (sequences > maxSequences) {
            return false;
        }
        if (staying.isEmpty()) {
            return true;
        }
        Map<Integer, Integer> left = new HashMap<>();
        for (RunningGroup each : leaving) {
            each.tables()
                    .forEach(table -> Arrays.stream(table.pages()).forEach(page -> left.merge(page, 1, Integer::sum)));
        }
        long freed = left.entrySet().stream()
                .filter(entry -> entry.getValue() == pool.uses(entry.getKey()))
                .count();
        int toRestore = staying.stream().mapToInt(RunningGroup::pagesToRestore).sum();
        return missingPages(group, left) + toRestore + sequences <= pool.available() + freed;
    }

    /** @param left pages that are not in use as often any more */
    private int missingPages(SequenceGroup group, Map<Integer, Integer> left) {
        SortedMap<Integer, TableContent> needed = needed(group);
        int pages = 0;
        for (TableContent content : needed.values()) {
            pages += KvCache.pages(content.rows());
        }
        // All sequences share the pages that the prompt fills.
        int filled = group.request().promptTokens() / KvCache.PAGE_TOKENS;
        int[] found = found(needed.get(needed.firstKey())).pages();
        return pages
                - (needed.size() - 1) * filled
                - (int) Arrays.stream(found)
                        .limit(filled)
                        .filter(page -> pool.uses(page) > left.getOrDefault(page, 0))
                        .count();
    }

    private SortedMap<Integer, TableContent> needed(SequenceGroup group) {
        @Nullable RunningGroup known = suspended.get(group);
        return known == null ? new TreeMap<>(Map.of(0, new TableContent(group.request(), new int[0]))) : known.needed();
    }

    /** Whether a group has been in the batch before. */
    boolean isSuspended(SequenceGroup group) {
        return suspended.containsKey(group);
    }

    /** Starts or resumes a group that fits. If that fails, it uses no pages. */
    RunningGroup add(SequenceGroup group) {
        @Nullable RunningGroup known = suspended.get(group);
        RunningGroup running = known == null ? factory.create(group) : known;
        boolean started = false;
        try {
            running.begin(System.nanoTime());
            if (!restore(running)) {
                throw new IllegalStateException("a request that fits has no pages: " + pool);
            }
            groups.add(running);
            suspended.remove(group);
            started = true;
            return running;
        } finally {
            if (!started) {
                running.discard();
            }
        }
    }

    boolean contains(RunningGroup group) {
        return groups.contains(group);
    }

    /**
     * Begins to restore the next content that a group needs, unless the group is still reading.
     *
     * @return false if there are not enough pages for it
     */
    boolean restore(RunningGroup group) {
        @Nullable TableContent content = group.nextMissing();
        while (content != null) {
            PrefixTree.Match found = found(content);
            long inUse = Arrays.stream(found.pages())
                    .limit(found.positions() / KvCache.PAGE_TOKENS)
                    .filter(page -> pool.uses(page) > 0)
                    .count();
            if (KvCache.pages(content.rows()) - inUse > pool.available()) {
                return false;
            }
            restore(group, content, found);
            content = group.nextMissing();
        }
        return true;
    }

    private void restore(RunningGroup group, TableContent content, PrefixTree.Match found) {
        if (found.positions() == content.rows()) {
            group.restored(BlockTable.of(pool, found));
            return;
        }
        PromptEmbedding rows = factory.embed(content);
        BlockTable table = BlockTable.of(pool, found);
        group.read(new Prefill(content, table, rows, found.positions()));
        Map<Integer, Integer> copies = new LinkedHashMap<>();
        table.prepare(found.positions(), content.rows(), copies);
        cache.copy(copies);
    }

    /** Notes that a step has read rows of a group or written its sequences. */
    void advanced(StepPlan.Part part) {
        if (part.promptRows() > 0) {
            part.group().keepRead(pool);
        }
        if (!part.group().isComplete()) {
            part.group().releaseComplete(pool);
        }
    }

    /** What the cache has of a content, up to where the rest can be read. */
    private PrefixTree.Match found(TableContent content) {
        PrefixTree.Match found = pool.find(content.keys());
        return found.first(factory.chunkBegin(content, found.positions()));
    }

    /** Suspends a group until it is added again. Its content stays in the cache until other groups need the pages. */
    void suspend(RunningGroup group) {
        remove(group);
        suspended.put(group.group(), group);
    }

    /** Removes and returns a suspended group; null if it is not suspended. */
    @Nullable
    RunningGroup forget(SequenceGroup group) {
        return suspended.remove(group);
    }

    /** Removes a group and frees its pages. Later prompts can reuse their content. */
    void remove(RunningGroup group) {
        group.release(pool);
        groups.remove(group);
    }

    /** Removes a group after a failure and frees its pages. Their content is not reused. */
    void discard(RunningGroup group) {
        group.discard();
        groups.remove(group);
    }
}
