package dev.pargo.llm.engine;

import dev.pargo.models.llm.PromptPart;
import dev.pargo.models.llm.Step;
import dev.pargo.models.tensor.HostTensor;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Keys of a prompt's positions. Prompts with equal keys up to a position have equal keys and values in the KV cache up
 * to there. A token's key is its id;
 * a visual token's key is derived from a hash of all visual tokens of its image.
 */
public final class PromptKeys {

    private PromptKeys() {}

    /** One key for each position of a prompt for the model itself, without a salt. */
    public static long[] of(List<PromptPart> prompt) {
        return of(prompt, Step.BASE, "");
    }

    /**
     * One key for each position.
     *
     * @param adapter adapter that reads the prompt, or {@link Step#BASE}. Prompts for different adapters have no common
     *     prefix, because their first keys differ
     * @param salt prompts with different salts have no common prefix either
     */
    public static long[] of(List<PromptPart> prompt, int adapter, String salt) {
        long[] keys = prompt.stream().flatMapToLong(PromptKeys::keys).toArray();
        if (keys.length > 0) {
            keys[0] ^= (adapter - (long) Step.BASE) << Integer.SIZE;
        }
        if (!salt.isEmpty() && keys.length > 0) {
            MessageDigest digest = sha256();
            digest.update(salt.getBytes(StandardCharsets.UTF_8));
            digest.update(ByteBuffer.allocate(Long.BYTES).putLong(keys[0]).flip());
            keys[0] = ByteBuffer.wrap(digest.digest()).getLong() | Long.MIN_VALUE;
        }
        return keys;
    }

    private static LongStream keys(PromptPart part) {
        if (part instanceof PromptPart.Tokens tokens) {
            return Arrays.stream(tokens.ids()).asLongStream();
        }
        PromptPart.Visual visual = (PromptPart.Visual) part;
        long image = hash(visual);
        // Negative, so that it equals no token id.
        return LongStream.range(0, visual.length()).map(i -> (image + i) | Long.MIN_VALUE);
    }

    private static long hash(PromptPart.Visual visual) {
        HostTensor tokens = visual.tokens();
        MessageDigest digest = sha256();
        digest.update((byte) tokens.dtype().ordinal());
        digest.update(visual.grid().toString().getBytes(StandardCharsets.US_ASCII));
        digest.update(tokens.data().duplicate());
        return ByteBuffer.wrap(digest.digest()).getLong();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException everyJvmHasIt) {
            throw new IllegalStateException(everyJvmHasIt);
        }
    }
}
