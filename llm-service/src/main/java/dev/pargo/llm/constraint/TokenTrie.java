package dev.pargo.llm.constraint;

import dev.pargo.llm.constraint.grammar.GrammarAutomaton.State;
import dev.pargo.models.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The bytes of a vocabulary as a trie in preorder: a node's descendants follow it directly. Walking the trie is one pass
 * through arrays, and the descendants of a rejected node are skipped by one jump. Immutable.
 */
final class TokenTrie {

    private record Token(int id, byte[] bytes) {}

    /** Tokens in the order of their bytes. */
    private final int[] ids;

    /** Of each node: the byte that leads to it, and its distance from the root. */
    private final byte[] octets;

    private final int[] depths;

    /** Of each node: the first node that is not below it. */
    private final int[] skips;

    /** Of each node: the first token at it or below it; those up to the next node's end at it. */
    private final int[] tokens;

    private final int deepest;

    private TokenTrie(List<Token> sorted) {
        int bytes = sorted.stream().mapToInt(token -> token.bytes().length).sum();
        deepest = sorted.stream().mapToInt(token -> token.bytes().length).max().orElse(0);
        ids = sorted.stream().mapToInt(Token::id).toArray();
        byte[] octets = new byte[bytes];
        int[] depths = new int[bytes];
        int[] skips = new int[bytes];
        int[] tokens = new int[bytes + 1];
        int[] path = new int[deepest + 1];
        byte[] last = {};
        int nodes = 0;
        for (int i = 0; i < ids.length; i++) {
            byte[] next = sorted.get(i).bytes();
            int mismatch = Arrays.mismatch(last, next);
            int common = mismatch < 0 ? next.length : mismatch;
            for (int depth = common + 1; depth <= last.length; depth++) {
                skips[path[depth]] = nodes;
            }
            for (int depth = common + 1; depth <= next.length; depth++) {
                octets[nodes] = next[depth - 1];
                depths[nodes] = depth;
                tokens[nodes] = i;
                path[depth] = nodes++;
            }
            last = next;
        }
        for (int depth = 1; depth <= last.length; depth++) {
            skips[path[depth]] = nodes;
        }
        tokens[nodes] = ids.length;
        this.octets = Arrays.copyOf(octets, nodes);
        this.depths = Arrays.copyOf(depths, nodes);
        this.skips = Arrays.copyOf(skips, nodes);
        this.tokens = Arrays.copyOf(tokens, nodes + 1);
    }

    /** The trie of a vocabulary; tokens without bytes are left out. */
    static TokenTrie of(Tokenizer tokenizer) {
        return new TokenTrie(IntStream.range(0, tokenizer.vocabulary())
                .mapToObj(id -> new Token(id, tokenizer.bytes(id)))
                .filter(token -> token.bytes().length > 0)
                .sorted((a, b) -> Arrays.compareUnsigned(a.bytes(), b.bytes()))
                .toList());
    }

    /** The tokens whose bytes may follow in a state, one after the other. */
    BitSet allowed(State state) {
        BitSet allowed = new BitSet();
        State[] path = new State[deepest + 1];
        path[0] = state;
        int node = 0;
        while (node < octets.length) {
            int depth = depths[node];
            State next = path[depth - 1].next(octets[node] & 0xFF);
            if (next == null) {
                node = skips[node];
                continue;
            }
            path[depth] = next;
            for (int token = tokens[node]; token < tokens[node + 1]; token++) {
                allowed.set(ids[token]);
            }
            node++;
        }
        return allowed;
    }
}
