package dev.pargo.llm.constraint;

import dev.pargo.llm.constraint.grammar.GrammarAutomaton.State;
import dev.pargo.models.tokenizer.Tokenizer;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Which tokens of a vocabulary may come next in a state. A mask takes one walk through the vocabulary's trie, so
 * recently used masks are cached. Thread-safe.
 */
final class TokenMasks {

    /** Memory of the cached masks. */
    private static final long MAX_BYTES = 64 << 20;

    private final Tokenizer tokenizer;
    private final TokenTrie trie;
    private final BitSet spellable = new BitSet();
    private final boolean dummyPrefix;
    private final Map<State, BitSet> kept;

    /** Reads the whole vocabulary, which takes a few hundred milliseconds if it is large. */
    TokenMasks(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
        this.trie = TokenTrie.of(tokenizer);
        IntStream.range(0, tokenizer.vocabulary())
                .mapToObj(tokenizer::bytes)
                .filter(bytes -> bytes.length == 1)
                .forEach(bytes -> spellable.set(bytes[0] & 0xFF));
        this.dummyPrefix = IntStream.range(0, tokenizer.vocabulary())
                .filter(id -> tokenizer.bytes(id).length > 1 && tokenizer.bytes(id)[0] == ' ')
                .limit(1)
                .anyMatch(id -> !tokenizer.decode(id).startsWith(" "));
        long maxMasks = Math.max(16, 8 * MAX_BYTES / Math.max(1, tokenizer.vocabulary()));
        this.kept = new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<State, BitSet> eldest) {
                return size() > maxMasks;
            }
        };
    }

    /** Bytes that are tokens. A text of these bytes can always be continued, independent of the other tokens. */
    BitSet spellable() {
        return spellable;
    }

    /** Whether decoding removes a space at the beginning of an answer. */
    boolean hasDummyPrefix() {
        return dummyPrefix;
    }

    /** Tokens that may come next in a state. The result must not be changed. */
    BitSet allowed(State state) {
        synchronized (kept) {
            BitSet known = kept.get(state);
            if (known != null) {
                return known;
            }
        }
        BitSet allowed = trie.allowed(state);
        synchronized (kept) {
            kept.put(state, allowed);
        }
        return allowed;
    }

    byte[] bytes(int id) {
        return tokenizer.bytes(id);
    }
}
