package dev.pargo.llm.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The running groups, in the order of their admission, with the slots that they own, and the suspended groups, which
 * own no slots. Belongs to the device's thread.
 */
final class RunningBatch {

    private static final int NONE = -1;

    private final KvSlots slots;
    private final int maxSequences;
    private final GroupFactory factory;
    private final List<RunningGroup> groups = new ArrayList<>();
    private final Map<SequenceGroup, RunningGroup> suspended = new IdentityHashMap<>();

    /** @param maxSequences largest number of sequences that run at once, at most the number of slots */
    RunningBatch(KvSlots slots, int maxSequences, GroupFactory factory) {
        this.slots = slots;
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

    /** Share of the slots for sequences that are taken. */
    double utilization() {
        return (double) (maxSequences - room()) / maxSequences;
    }

    /** Number of sequences that could be added. */
    int room() {
        return maxSequences
                - groups.stream().mapToInt(group -> group.slots().length).sum();
    }

    /** Whether a group has been in the batch before. */
    boolean isSuspended(SequenceGroup group) {
        return suspended.containsKey(group);
    }

    /**
     * Starts or resumes a group. If that fails, the only change is that the content of its slots is no longer known.
     */
    RunningGroup add(SequenceGroup group) {
        @Nullable RunningGroup known = suspended.get(group);
        RunningGroup running = known == null ? factory.create(group) : known;
        int[] own = new int[group.request().slots()];
        Arrays.fill(own, NONE);
        List<Prefill> prefills = new ArrayList<>();
        boolean started = false;
        try {
            running.needed().forEach((index, ids) -> {
                KvSlots.Lease lease = slots.take(running.keys(ids));
                own[index] = lease.slot();
                factory.copyPrefix(lease);
                if (lease.reusable() < running.rowsNeeded(ids)) {
                    prefills.add(factory.prefill(running, ids, lease));
                }
            });
            Arrays.setAll(own, i -> own[i] == NONE ? slots.takeAny() : own[i]);
            running.begin(own, prefills, System.nanoTime());
            groups.add(running);
            suspended.remove(group);
            started = true;
            return running;
        } finally {
            if (!started) {
                prefills.forEach(Prefill::close);
                Arrays.stream(own).filter(slot -> slot != NONE).forEach(slot -> slots.release(slot, new long[0]));
            }
        }
    }

    /** Publishes how much of its prompt a group's slots hold, so that other prompts can copy it. */
    void publishPrompt(RunningGroup group) {
        group.prefills().forEach(prefill -> slots.holds(prefill.slot(), prefill.held()));
    }

    /**
     * Suspends a group until it is added again. If its slots are not used in the meantime, they keep their content for
     * it.
     */
    void suspend(RunningGroup group) {
        remove(group);
        suspended.put(group.group(), group);
    }

    /** Removes and returns a suspended group; null if it is not suspended. */
    @Nullable
    RunningGroup forget(SequenceGroup group) {
        return suspended.remove(group);
    }

    /** Removes a group and frees its slots. Later prompts can reuse their content. */
    void remove(RunningGroup group) {
        List<long[]> contents = group.contents();
        close(group);
        release(group.slots(), contents);
    }

    /** Removes a group after a failure and frees its slots. Their content is not reused. */
    void discard(RunningGroup group) {
        close(group);
        release(group.slots(), Collections.nCopies(group.slots().length, new long[0]));
    }

    private void close(RunningGroup group) {
        group.close();
        groups.remove(group);
    }

    private void release(int[] own, List<long[]> contents) {
        for (int i = 0; i < own.length; i++) {
            slots.release(own[i], contents.get(i));
        }
    }
}
