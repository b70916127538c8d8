package dev.pargo.gateway.completions;

import com.google.protobuf.ByteString;
import dev.pargo.proto.v1.TokenLogprob;
import dev.pargo.proto.v1.TokenLogprobs;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import tools.jackson.databind.annotation.JsonNaming;

/**
 * Log probabilities in the older format: lists with one item for each token.
 *
 * @param tokens        their texts; a part of a character is written as {@code bytes:\xe2\x82}
 * @param tokenLogprobs of the tokens that were chosen
 * @param topLogprobs   of alternatives, by their texts, and of the chosen token
 * @param textOffset    characters of the answer before each token
 */
@JsonNaming(SnakeCaseStrategy.class)
record OldLogprobs(
        List<String> tokens,
        List<Float> tokenLogprobs,
        List<Map<String, Float>> topLogprobs,
        List<Integer> textOffset) {

    /** OpenAI's value for a probability of zero, because JSON has no infinity. */
    private static final float LEAST = -9999;

    /** Writes the tokens of one answer, piece by piece. Not thread-safe. */
    static final class Writer {

        private int offset;

        OldLogprobs of(List<TokenLogprobs> tokens) {
            OldLogprobs written =
                    new OldLogprobs(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
            for (TokenLogprobs token : tokens) {
                ByteString bytes = token.getChosen().getText();
                written.tokens.add(text(bytes));
                written.tokenLogprobs.add(logprob(token.getChosen()));
                written.topLogprobs.add(alternatives(token));
                written.textOffset.add(offset);
                offset += characters(bytes);
            }
            return written;
        }

        private static Map<String, Float> alternatives(TokenLogprobs token) {
            Map<String, Float> byText = new LinkedHashMap<>();
            token.getTopList().forEach(other -> byText.putIfAbsent(text(other.getText()), logprob(other)));
            byText.put(text(token.getChosen().getText()), logprob(token.getChosen()));
            return byText;
        }

        private static float logprob(TokenLogprob token) {
            return Math.max(LEAST, token.getLogprob());
        }

        private static String text(ByteString bytes) {
            if (bytes.isValidUtf8()) {
                return bytes.toStringUtf8();
            }
            StringBuilder escaped = new StringBuilder("bytes:");
            for (byte next : bytes) {
                escaped.append("\\x%02x".formatted(next));
            }
            return escaped.toString();
        }

        /** Characters that begin in these bytes. */
        private static int characters(ByteString bytes) {
            int count = 0;
            for (byte next : bytes) {
                count += (next & 0xc0) == 0x80 ? 0 : 1;
            }
            return count;
        }
    }
}
