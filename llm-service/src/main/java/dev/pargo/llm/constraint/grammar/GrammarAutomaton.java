package dev.pargo.llm.constraint.grammar;

import dev.pargo.llm.constraint.language.ByteLanguage;
import dev.pargo.llm.constraint.language.FormatException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a grammar's texts byte by byte. A state is a set of configurations, each a position in a terminal and a stack
 * of calls, as in XGrammar (Dong et al., 2024), so ambiguity needs no backtracking. States are created when they are
 * first reached, and cached. From every state the end of a text can be reached.
 *
 * <p>Thread-safe.
 */
public final class GrammarAutomaton {

    /**
     * Largest number of cached states. When it is exceeded, all are dropped and created again when they are reached.
     */
    private static final int MAX_KEPT = 4_096;

    /** Largest number of configurations of one state. A more ambiguous grammar is refused. */
    private static final int MAX_CONFIGURATIONS = 5_000;

    private static final int BYTES = 256;

    private final Grammar grammar;
    private final Map<Key, State> kept = new HashMap<>();
    private final State start;
    private final State startAfterDummyPrefix;

    /** Calls that are open, innermost first. Equal stacks have equal content. */
    private record Stack(int next, @Nullable Stack outer, int depth, int hash) {

        private static Stack push(int next, @Nullable Stack outer) {
            return new Stack(
                    next, outer, outer == null ? 1 : outer.depth + 1, 31 * next + (outer == null ? 7 : outer.hash));
        }

        private static int depth(@Nullable Stack stack) {
            return stack == null ? 0 : stack.depth;
        }

        @Override
        public int hashCode() {
            return hash;
        }
    }

    /** A position: a terminal's node, the state of its language, and the stack of calls to return to. */
    private record Configuration(
            int node, int state, @Nullable Stack stack) {}

    private record Key(Set<Configuration> configurations, boolean accepts) {}

    /** The state after the bytes read so far. */
    public final class State {

        private final Set<Configuration> configurations;
        private final boolean accepts;
        private final @Nullable State afterSpace;
        /** The state after each byte, null if the byte must not come; the array is null until it is needed. */
        private volatile @Nullable State @Nullable [] successors;

        /** @param afterSpace the state after a space, if it differs from the grammar's */
        private State(Set<Configuration> configurations, boolean accepts, @Nullable State afterSpace) {
            this.configurations = configurations;
            this.accepts = accepts;
            this.afterSpace = afterSpace;
        }

        /** True if the text is complete. */
        public boolean accepts() {
            return accepts;
        }

        /** True if the text is complete and cannot be continued. */
        public boolean isFinal() {
            return configurations.isEmpty();
        }

        /**
         * The state after one more byte; null if the byte must not come.
         *
         * @param octet 0 to 255
         * @throws FormatException if the grammar is too ambiguous
         */
        public @Nullable State next(int octet) {
            @Nullable State[] known = successors;
            return known == null ? successors(this)[octet] : known[octet];
        }
    }

    /** @throws FormatException if the grammar has no texts, or is too ambiguous */
    public GrammarAutomaton(Grammar grammar) {
        this.grammar = grammar;
        Reached reached = new Reached();
        reached.follow(grammar.start(), null);
        State first = keep(reached);
        if (first == null) {
            throw new FormatException("has no value of a finite size that the model can write");
        }
        this.start = first;
        this.startAfterDummyPrefix = new State(first.configurations, first.accepts, first);
    }

    public State start() {
        return start;
    }

    /**
     * The start state for a text whose first space does not count: SentencePiece puts a space before every text that it
     * encodes and removes it when it decodes.
     */
    public State startAfterDummyPrefix() {
        return startAfterDummyPrefix;
    }

    /** Bytes that lead every configuration to the same position share a successor, so there are few successors. */
    private synchronized @Nullable State[] successors(State state) {
        Configuration[] places = state.configurations.toArray(Configuration[]::new);
        Map<List<Integer>, State> byPlaces = new HashMap<>();
        @Nullable State[] successors = new State[BYTES];
        for (int octet = 0; octet < BYTES; octet++) {
            Integer[] next = new Integer[places.length];
            boolean goesOn = false;
            for (int i = 0; i < places.length; i++) {
                next[i] = terminal(places[i]).language().next(places[i].state(), octet);
                goesOn |= next[i] != ByteLanguage.REJECTED;
            }
            if (goesOn) {
                successors[octet] =
                        byPlaces.computeIfAbsent(Arrays.asList(next), missing -> successor(places, missing));
            }
        }
        if (state.afterSpace != null) {
            successors[' '] = state.afterSpace;
        }
        state.successors = successors;
        return successors;
    }

    private Grammar.Terminal terminal(Configuration place) {
        return (Grammar.Terminal) grammar.node(place.node());
    }

    /** @return null if the text cannot be continued */
    private @Nullable State successor(Configuration[] places, List<Integer> next) {
        Reached reached = new Reached();
        for (int i = 0; i < places.length; i++) {
            if (next.get(i) != ByteLanguage.REJECTED) {
                reached.read(places[i].node(), terminal(places[i]), next.get(i), places[i].stack());
            }
        }
        return keep(reached);
    }

    private @Nullable State keep(Reached reached) {
        if (reached.configurations.isEmpty() && !reached.accepts) {
            return null;
        }
        if (kept.size() >= MAX_KEPT) {
            kept.values().forEach(state -> state.successors = null);
            kept.clear();
        }
        return kept.computeIfAbsent(
                new Key(reached.configurations, reached.accepts),
                key -> new State(key.configurations(), key.accepts(), null));
    }

    /** Collects the configurations that are reached without reading a byte. */
    private final class Reached {

        private final Set<Configuration> configurations = new HashSet<>();
        private final Set<Configuration> followed = new HashSet<>();
        private boolean accepts;

        private void follow(int index, @Nullable Stack stack) {
            if (!grammar.canEnd(index, Stack.depth(stack)) || !followed.add(new Configuration(index, 0, stack))) {
                return;
            }
            if (followed.size() > MAX_CONFIGURATIONS) {
                throw new FormatException("is too ambiguous");
            }
            Grammar.Node node = grammar.node(index);
            if (node instanceof Grammar.Terminal terminal) {
                read(index, terminal, ByteLanguage.START, stack);
            } else if (node instanceof Grammar.Choice choice) {
                for (int next : choice.nodes()) {
                    follow(next, stack);
                }
            } else if (node instanceof Grammar.Call call) {
                follow(call.rule(), Grammar.opened(call) == 0 ? stack : Stack.push(call.next(), stack));
            } else if (stack == null) {
                accepts = true;
            } else {
                follow(stack.next(), stack.outer());
            }
        }

        private void read(int index, Grammar.Terminal terminal, int state, @Nullable Stack stack) {
            if (terminal.language().goesOn(state)) {
                configurations.add(new Configuration(index, state, stack));
            }
            if (terminal.language().isAccept(state)) {
                follow(terminal.next(), stack);
            }
        }
    }
}
