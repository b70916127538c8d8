package dev.pargo.models.chat.jinja;

/** One execution of a template. It ends the template at its limits. Not thread-safe. */
final class Run {

    /** Largest depth of macros that call each other. */
    private static final int MOST_DEPTH = 100;

    private static final int STEPS_BETWEEN_LOOKS = 255;

    private final int maxLength;
    private final long deadline;
    private int steps;
    private int depth;

    /**
     * @param maxLength most characters of the output, and of every string
     * @param deadline  time limit, as {@link System#nanoTime}
     */
    Run(int maxLength, long deadline) {
        this.maxLength = maxLength;
        this.deadline = deadline;
    }

    /** Call it for every statement and every item. */
    void step() {
        if ((++steps & STEPS_BETWEEN_LOOKS) == 0 && System.nanoTime() - deadline > 0) {
            throw new JinjaException("the template takes too long");
        }
    }

    /** Call it before a string or a list is created. */
    void requireLength(long length) {
        if (length > maxLength) {
            throw new JinjaException("the template writes more than %d characters".formatted(maxLength));
        }
    }

    void enter() {
        if (++depth > MOST_DEPTH) {
            throw new JinjaException("macros are nested more than %d deep".formatted(MOST_DEPTH));
        }
    }

    void leave() {
        depth--;
    }
}
