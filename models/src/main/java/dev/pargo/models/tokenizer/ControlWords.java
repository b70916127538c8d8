package dev.pargo.models.tokenizer;

import java.util.Collection;

/**
 * Finds control tokens in text. If several begin at one place, the longest counts, as in Hugging Face's tokenizers. Takes time in
 * proportion to the text. Thread-safe.
 */
public final class ControlWords {

    private final ByteTrie trie = new ByteTrie();

    /** @param words control tokens, and whatever else must not be forged */
    public ControlWords(Collection<String> words) {
        for (String word : words) {
            if (!word.isEmpty()) {
                trie.put(bytes(word), 1);
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
     * The text with a mark after the first character of every word in it, so that the word is not found in it any more. A word that
     * the end of the text cuts off is marked too, because other text may follow. The text is the same without the marks.
     */
    public String mark(String text, char mark) {
        StringBuilder marked = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            marked.append(text.charAt(i));
            if (beginsAt(text, i)) {
                marked.append(mark);
            }
        }
        return marked.length() == text.length() ? text : marked.toString();
    }

    /** Whether a word, or the beginning of one up to the end of the text, begins at a position. */
    private boolean beginsAt(String text, int from) {
        int node = ByteTrie.ROOT;
        for (int i = from; i < text.length(); i++) {
            node = next(node, text.charAt(i));
            if (node == ByteTrie.NONE) {
                return false;
            }
            if (trie.value(node) != ByteTrie.NONE) {
                return true;
            }
        }
        return true;
    }

    private int next(int node, char next) {
        int half = trie.next(node, (byte) (next >> Byte.SIZE));
        return half == ByteTrie.NONE ? ByteTrie.NONE : trie.next(half, (byte) next);
    }
}
