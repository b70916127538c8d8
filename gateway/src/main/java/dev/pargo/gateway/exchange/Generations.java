package dev.pargo.gateway.exchange;

import dev.pargo.gateway.inference.Generation;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.function.Supplier;

/**
 * The answers to all prompts of a request, one prompt after the other. While one is being read, the LLM works on a few
 * of the next ones. Closing it cancels unfinished answers. Confined to the request's thread.
 */
final class Generations implements AutoCloseable {

    private final Iterator<Supplier<Generation>> prompts;
    private final int atOnce;
    private final Deque<Generation> running = new ArrayDeque<>();

    /**
     * @param prompts each starts the answers to one prompt
     * @param atOnce  prompts that the LLM works on at once; 1 or more
     */
    Generations(Iterator<Supplier<Generation>> prompts, int atOnce) {
        this.prompts = prompts;
        this.atOnce = atOnce;
    }

    /** The answers to the next prompt; those to the previous prompt are closed. */
    Generation next() {
        if (!running.isEmpty()) {
            running.removeFirst().close();
        }
        while (prompts.hasNext() && running.size() < atOnce) {
            running.addLast(prompts.next().get());
        }
        return running.getFirst();
    }

    @Override
    public void close() {
        running.forEach(Generation::close);
    }
}
