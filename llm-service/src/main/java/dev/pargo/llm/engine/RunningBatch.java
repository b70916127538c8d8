package dev.pargo.llm.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The groups that run, in the order of their admission, and the slots that they own; and the groups that are suspended and
 * own none. Belongs to the device's thread.
 */
final class RunningBatch {

    private static final int NONE = -1;

    private final KvSlots slots;
    private final int maxSequences;
    private final GroupFactory factory;
    private final List<RunningGroup> groups = new ArrayList<>();
    private final Map<SequenceGroup, RunningGroup> suspended = new IdentityHashMap<>();

    /** @param maxSequences most sequences that run at once; there are at least as many slots */
    RunningBatch(KvSlots slots, int maxSequences, GroupFactory factory) {
        this.slots = slots;
        this.maxSequences = maxSequences;
        this.factory = factory;
    }

    /** A copy, which stays as it is when groups come and go. */
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

    /** Sequences that could be added. */
    int room() {
        return maxSequences
                - groups.stream().mapToInt(group -> group.slots().length).sum();
    }

    /** Whether a group has been in the batch before. */
    boolean isSuspended(SequenceGroup group) {
        return suspended.containsKey(group);
    }

    /** Starts a group, or resumes it. If that fails, nothing has changed but that its slots have forgotten what they held. */
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

    /** Takes a group out until it is added again. If its slots are not needed meanwhile, it will find there what it left. */
    void suspend(RunningGroup group) {
        remove(group);
        suspended.put(group.group(), group);
    }

    /** Forgets a group that has been suspended; null if it has not. */
    @Nullable
    RunningGroup forget(SequenceGroup group) {
        return suspended.remove(group);
    }

    /** Removes a group and frees its slots. Later prompts can reuse what they hold. */
    void remove(RunningGroup group) {
        List<long[]> contents = group.contents();
        close(group);
        release(group.slots(), contents);
    }

    /** Removes a group after a failure and frees its slots. What they hold is not used again. */
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
