package dev.pargo.models.tokenizer;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Finds control tokens in text. If several begin at one place, the longest counts, as in Hugging Face's tokenizers. Takes time in
 * proportion to the text. Thread-safe.
 */
public final class ControlWords {

    private final ByteTrie trie = new ByteTrie();

    /** What can be left of a word without its beginning. */
    private final Set<String> tails = new HashSet<>();

    private int longestTail;

    /** @param words control tokens and other words that users must not be able to write */
    public ControlWords(Collection<String> words) {
        for (String word : words) {
            if (!word.isEmpty()) {
                trie.put(bytes(word), 1);
                for (int i = 1; i < word.length(); i++) {
                    tails.add(word.substring(i));
                }
                longestTail = Math.max(longestTail, word.length() - 1);
            }
        }
    }

    private static byte[] bytes(String word) {
        byte[] bytes = new byte[2 * word.length()];
        for (int i = 0; i < word.length(); i++) {
            bytes[2 * i] = (byte) (word.charAt(i) >> Byte.SIZE);
            bytes[2 * i + 1] = (byte) word.charAt(i);
        }
        return bytes;
    }

    /** Length of the longest word that begins at a position of the text; 0 if none does. */
    public int longestAt(CharSequence text, int from) {
        int longest = 0;
        int node = ByteTrie.ROOT;
        for (int i = from; i < text.length(); i++) {
            node = next(node, text.charAt(i));
            if (node == ByteTrie.NONE) {
                break;
            }
            if (trie.value(node) != ByteTrie.NONE) {
                longest = i + 1 - from;
            }
        }
        return longest;
    }

    /**
     * The text with a mark after the first character of every word in it, so that the word is not found in it any more. A part of a
     * word at the end or at the beginning of the text, except for spaces, is marked too, because what is written around the text may
     * be the rest of the word. The text is the same without the marks.
     */
    public String mark(String text, char mark) {
        StringBuilder marked = new StringBuilder(text.length() + 16);
        int begin = text.length() - text.stripLeading().length();
        int end = text.stripTrailing().length();
        for (int i = 0; i < text.length(); i++) {
            marked.append(text.charAt(i));
            if (beginsAt(text, i, end) || i == begin && beginsWithTail(text, i)) {
                marked.append(mark);
            }
        }
        return marked.length() == text.length() ? text : marked.toString();
    }

    /** Whether a word, or the beginning of one up to the end of the text, begins at a position. */
    private boolean beginsAt(String text, int from, int end) {
        int node = ByteTrie.ROOT;
        for (int i = from; i < text.length(); i++) {
            node = next(node, text.charAt(i));
            if (node == ByteTrie.NONE) {
                return from < end && i >= end;
            }
            if (trie.value(node) != ByteTrie.NONE) {
                return true;
            }
        }
        return true;
    }

    private boolean beginsWithTail(String text, int from) {
        int longest = Math.min(longestTail, text.length() - from);
        return IntStream.rangeClosed(1, longest)
                .anyMatch(length -> tails.contains(text.substring(from, from + length)));
    }

    private int next(int node, char next) {
        int half = trie.next(node, (byte) (next >> Byte.SIZE));
        return half == ByteTrie.NONE ? ByteTrie.NONE : trie.next(half, (byte) next);
    }
}
