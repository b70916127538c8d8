package dev.pargo.evaluation.bench;

import dev.pargo.evaluation.client.ChatClient;
import dev.pargo.evaluation.client.ChatRequest;
import java.io.IOException;
import java.util.Map;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tools.jackson.databind.node.IntNode;

/**
 * Generates text of a given length in tokens. It differs for every request, so that no prompt cache helps. The
 * endpoint's tokenizer is not known here, so two short requests measure how many tokens a word takes.
 */
final class MadeUpText implements IntFunction<String> {

    private static final String[] WORDS =
            ("time year people way day man thing woman life child world school state family"
                            + " student group country problem hand part place case week company system program question work"
                            + " number night point home water room mother area money story fact month lot right study book eye")
                    .split(" ");
    private static final int PROBE = 64;
    private static final long PROBE_SEED = 7;

    private final int words;
    private final long seed;

    private MadeUpText(int words, long seed) {
        this.words = words;
        this.seed = seed;
    }

    /**
     * Finds out how many words give a prompt of the wanted length.
     *
     * @param tokens length of the whole prompt without pictures; a prompt is never shorter than one word in the model's
     *               template
     */
    static MadeUpText ofTokens(int tokens, ChatClient client, String model, long seed) throws IOException {
        int shortest = promptTokens(1, client, model);
        int longer = promptTokens(1 + PROBE, client, model);
        if (longer <= shortest) {
            throw new IOException("the endpoint does not report prompt_tokens, which --prompt-tokens needs");
        }
        double tokensPerWord = (longer - shortest) / (double) PROBE;
        return new MadeUpText(1 + (int) Math.max(0, Math.round((tokens - shortest) / tokensPerWord)), seed);
    }

    @Override
    public String apply(int number) {
        return text(words, seed + number);
    }

    private static int promptTokens(int words, ChatClient client, String model) throws IOException {
        return client.complete(
                        new ChatRequest(model, null, text(words, PROBE_SEED), Map.of("max_tokens", IntNode.valueOf(1))))
                .usage()
                .prompt();
    }

    private static String text(int words, long seed) {
        Random random = new Random(seed);
        return IntStream.range(0, words)
                .mapToObj(i -> WORDS[random.nextInt(WORDS.length)])
                .collect(Collectors.joining(" "));
    }
}
