package dev.pargo.llm.constraint;

import dev.pargo.models.tokenizer.Tokenizer;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Which tokens of a vocabulary may come next in a JSON object. Few states come up in practice, so what they allow is
 * kept: the states used last, {@value #KEPT} of them. Thread-safe.
 */
final class JsonTokens {

    /** For a vocabulary of 128,000 tokens each takes 16 KB. */
    private static final int KEPT = 512;

    /** What JSON cannot be spelled without: with a token for each, no text that has begun is without an end. */
    private static final String ALPHABET = "{}[]:,\"\\-0123456789abcdeflnrstu";

    private final Tokenizer tokenizer;
    private final TokenTrie all;

    /** Tokens that go on with a string: the same in every string. */
    private final BitSet text;

    private final TokenTrie notText;
    private final Map<Long, BitSet> kept = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, BitSet> eldest) {
            return size() > KEPT;
        }
    };

    JsonTokens(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
        this.all = TokenTrie.of(tokenizer, IntStream.range(0, tokenizer.vocabulary()));
        this.text = all.accepted(JsonTokens::nextInString, JsonAutomaton.TEXT);
        this.notText = TokenTrie.of(
                tokenizer, IntStream.range(0, tokenizer.vocabulary()).filter(id -> !text.get(id)));
    }

    /** True if the vocabulary can write every JSON object. */
    boolean isComplete() {
        return ALPHABET.chars()
                .noneMatch(letter -> all.accepted(
                                (state, octet) -> state == 0 && octet == letter ? 1 : JsonAutomaton.REJECTED, 0)
                        .isEmpty());
    }

    /** Tokens that may come in a state; not to be changed. */
    BitSet allowed(long state) {
        synchronized (kept) {
            return kept.computeIfAbsent(state, this::find);
        }
    }

    /** In a string nearly the whole vocabulary is allowed, so only what might end it is looked at. */
    private BitSet find(long state) {
        if (!JsonAutomaton.isAtCharacter(state)) {
            return all.accepted(JsonAutomaton::next, state);
        }
        BitSet allowed = notText.accepted(JsonAutomaton::next, state);
        allowed.or(text);
        return allowed;
    }

    private static long nextInString(long state, int octet) {
        long next = JsonAutomaton.next(state, octet);
        return next >= 0 && JsonAutomaton.isInString(next) ? next : JsonAutomaton.REJECTED;
    }

    /** The state after a token, or {@link JsonAutomaton#REJECTED}. */
    long next(long state, int id) {
        long next = state;
        for (byte octet : tokenizer.bytes(id)) {
            next = next < 0 ? next : JsonAutomaton.next(next, octet & 0xFF);
        }
        return next;
    }
}
