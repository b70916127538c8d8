package dev.pargo.llm.engine;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The groups that run, in the order of their admission, and the slots that they own. Belongs to the device's thread.
 */
final class RunningBatch {

    private final KvSlots slots;
    private final int maxSequences;
    private final GroupFactory factory;
    private final List<RunningGroup> groups = new ArrayList<>();

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
        return (double) sequences() / maxSequences;
    }

    private int sequences() {
        return groups.stream().mapToInt(group -> group.slots().length).sum();
    }

    boolean hasRoomFor(SequenceGroup group) {
        return group.request().slots() <= maxSequences - sequences();
    }

    /** Starts a group. If that fails, nothing has changed but that its slots have forgotten what they held. */
    RunningGroup add(SequenceGroup group) {
        KvSlots.Lease lease = slots.take(group.request().keys());
        int[] own = new int[group.request().slots()];
        own[0] = lease.slot();
        for (int i = 1; i < own.length; i++) {
            own[i] = slots.takeAny();
        }
        boolean started = false;
        try {
            RunningGroup running = factory.start(group, own, lease);
            groups.add(running);
            started = true;
            return running;
        } finally {
            if (!started) {
                release(own, unknown(own));
            }
        }
    }

    /** Publishes how much of its prompt a group's first slot holds, so that other prompts can copy it. */
    void publishPrompt(RunningGroup group) {
        slots.holds(group.slots()[0], group.promptRead());
    }

    /** Removes a group and frees its slots. Later prompts can reuse what they hold. */
    void remove(RunningGroup group) {
        close(group);
        release(group.slots(), group.contents());
    }

    /** Removes a group after a failure and frees its slots. What they hold is not used again. */
    void discard(RunningGroup group) {
        close(group);
        release(group.slots(), unknown(group.slots()));
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

    private static List<long[]> unknown(int[] own) {
        return Collections.nCopies(own.length, new long[0]);
    }
}
