package dev.pargo.llm.constraint.grammar;

import dev.pargo.llm.constraint.language.ByteLanguage;
import dev.pargo.llm.constraint.language.FormatException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A context-free grammar as a recursive transition network: nodes that say what is read next, and rules, which are
 * subnetworks that nodes call. Every regular part is one node, a terminal. Immutable.
 *
 * <p>Calls nest at most {@value #MAX_NESTED} deep, so that recursive grammars have finite texts.
 */
public final class Grammar {

    /** Largest number of calls that are open at the same time. */
    public static final int MAX_NESTED = 32;

    /** The node that ends a rule. */
    public static final int END = 0;

    private static final int UNREACHABLE = MAX_NESTED + 1;

    sealed interface Node {}

    /** Ends the rule: goes on where it was called. */
    record End() implements Node {}

    /** Reads a text of the language. */
    record Terminal(ByteLanguage language, int next) implements Node {}

    /** Continues with any one of the nodes. Without nodes, no text is possible. */
    record Choice(int[] nodes) implements Node {}

    /** Reads a text of the rule that begins at a node. */
    record Call(int rule, int next) implements Node {}

    private final Node[] nodes;
    private final int start;

    /** For each node: the smallest number of nested calls on a way to the end of its rule. */
    private final int[] nesting;

    private Grammar(List<Node> nodes, int start) {
        this.nodes = nodes.toArray(Node[]::new);
        this.start = start;
        this.nesting = nesting(this.nodes);
    }

    private static int[] nesting(Node[] nodes) {
        int[] nesting = new int[nodes.length];
        Arrays.fill(nesting, UNREACHABLE);
        boolean changed = true;
        while (changed) {
            changed = false;
            for (int i = 0; i < nodes.length; i++) {
                int needed = Math.min(UNREACHABLE, needed(nodes[i], nesting));
                changed |= needed < nesting[i];
                nesting[i] = needed;
            }
        }
        return nesting;
    }

    private static int needed(Node node, int[] nesting) {
        if (node instanceof Terminal terminal) {
            return terminal.language().isEmpty() ? UNREACHABLE : nesting[terminal.next()];
        }
        if (node instanceof Choice choice) {
            return Arrays.stream(choice.nodes())
                    .map(next -> nesting[next])
                    .min()
                    .orElse(UNREACHABLE);
        }
        if (node instanceof Call call) {
            return Math.max(opened(call) + nesting[call.rule()], nesting[call.next()]);
        }
        return 0;
    }

    /**
     * Number of calls that a call opens: 0 if the calling rule ends after it, because then there is no node to return
     * to.
     */
    static int opened(Call call) {
        return call.next() == END ? 0 : 1;
    }

    Node node(int index) {
        return nodes[index];
    }

    int start() {
        return start;
    }

    /** True if the end of the node's rule can be reached with this number of open calls. */
    boolean canEnd(int node, int openCalls) {
        return openCalls + nesting[node] <= MAX_NESTED;
    }

    /** Builds a grammar node by node, from the end to the beginning. */
    public static final class Builder {

        private final int maxNodes;
        private final List<Node> nodes = new ArrayList<>();

        /** @param maxNodes largest number of nodes; a larger grammar is refused */
        public Builder(int maxNodes) {
            this.maxNodes = maxNodes;
            nodes.add(new End());
        }

        private int add(Node node) {
            if (nodes.size() == maxNodes) {
                throw new FormatException("needs more than %d states".formatted(maxNodes));
            }
            nodes.add(node);
            return nodes.size() - 1;
        }

        /** A node that reads a text of a language, then continues. */
        public int terminal(ByteLanguage language, int next) {
            return add(new Terminal(language, next));
        }

        /** A node that continues with any one of some nodes. */
        public int choice(List<Integer> next) {
            return next.size() == 1
                    ? next.get(0)
                    : add(new Choice(next.stream().mapToInt(Integer::intValue).toArray()));
        }

        /** A node that reads a rule, then continues. */
        public int call(int rule, int next) {
            return add(new Call(rule, next));
        }

        /** A node that is {@linkplain #define defined} later, because it may lead back to itself. */
        public int declare() {
            return add(new Choice(new int[0]));
        }

        /** Makes a declared node the same as another one. */
        public void define(int declared, int node) {
            nodes.set(declared, new Choice(new int[] {node}));
        }

        /** The grammar whose texts are read from {@code start} to the end of its rule. */
        public Grammar build(int start) {
            return new Grammar(nodes, start);
        }

        /** True if the rule that begins at a node has a finite text. All its nodes must be defined. */
        public boolean isProductive(int node) {
            return nesting(nodes.toArray(Node[]::new))[node] < UNREACHABLE;
        }
    }
}
