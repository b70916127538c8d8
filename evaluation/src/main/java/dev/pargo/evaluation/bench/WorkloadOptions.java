package dev.pargo.evaluation.bench;

import dev.pargo.evaluation.client.ChatClient;
import dev.pargo.evaluation.client.ExtraFields;
import dev.pargo.evaluation.input.InputException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.BooleanNode;
import tools.jackson.databind.node.IntNode;

/** Options that describe the requests. */
final class WorkloadOptions {

    @Option(
            names = "--image",
            paramLabel = "FILE",
            arity = "1..*",
            description = "Pictures to ask about, in turn; none: text only.")
    private List<Path> images = new ArrayList<>();

    @Option(
            names = "--image-variants",
            defaultValue = "1",
            paramLabel = "N",
            description = "Make N variants of each picture by changing one pixel, so that picture caches do not help.")
    private int imageVariants;

    @Option(
            names = "--picture-share",
            defaultValue = "1",
            paramLabel = "SHARE",
            description = "Share of the requests that have a picture, from 0 to 1; default: ${DEFAULT-VALUE}.")
    private double pictureShare;

    @Option(names = "--question", paramLabel = "TEXT", description = "Text of every request.")
    private @Nullable String question;

    @Option(
            names = "--prompt-tokens",
            paramLabel = "N",
            description =
                    "Instead of a question: made-up text, another for each request, so long that prompt and template"
                            + " have about N tokens; the tokens of pictures come on top.")
    private int promptTokens;

    @Option(
            names = "--turns",
            defaultValue = "1",
            paramLabel = "N",
            description = "Ask N questions in a conversation, each with the questions and answers before it; default:"
                    + " ${DEFAULT-VALUE}.")
    private int turns;

    @Option(
            names = "--answer-tokens",
            defaultValue = "64",
            paramLabel = "N",
            description = "Most tokens of an answer; default: ${DEFAULT-VALUE}.")
    private int answerTokens;

    @Option(
            names = "--ignore-eos",
            description = "Answers have exactly that many tokens, if the endpoint supports the field ignore_eos.")
    private boolean ignoreEos;

    @Option(
            names = "--seed",
            defaultValue = "1",
            description = "Seed of made-up text and arrival times; default: ${DEFAULT-VALUE}.")
    private long seed;

    @Mixin
    private ExtraFields fields;

    int turns() {
        return turns;
    }

    long seed() {
        return seed;
    }

    /** Prepares the requests. If a text must have a length in tokens, the endpoint is asked first. */
    Workload workload(ChatClient client, String model) throws IOException {
        if (!(pictureShare >= 0 && pictureShare <= 1)) {
            throw new InputException("--picture-share must be from 0 to 1");
        }
        if (turns < 1) {
            throw new InputException("--turns must be positive");
        }
        Map<String, JsonNode> parameters = fields.parse();
        parameters.putIfAbsent("max_tokens", IntNode.valueOf(answerTokens));
        if (ignoreEos) {
            parameters.putIfAbsent("ignore_eos", BooleanNode.TRUE);
        }
        return new Workload(PictureVariants.of(images, imageVariants), pictureShare, text(client, model), parameters);
    }

    String describe() {
        String pictures = images.isEmpty()
                ? "no picture"
                : images.stream().map(file -> file.getFileName().toString()).collect(Collectors.joining(", "))
                        + (imageVariants == 1 ? "" : " in %d variants each".formatted(imageVariants))
                        + (pictureShare == 1 ? "" : " in %s of the requests".formatted(pictureShare));
        String text = promptTokens > 0
                ? "made-up text of about %d tokens".formatted(promptTokens)
                : "\"%s\"".formatted(fixedText());
        String conversation = turns == 1 ? "" : "conversations of %d questions; ".formatted(turns);
        return "%s; %s; %s%s %d tokens"
                .formatted(pictures, text, conversation, ignoreEos ? "exactly" : "at most", answerTokens);
    }

    private IntFunction<String> text(ChatClient client, String model) throws IOException {
        String fixed = fixedText();
        return promptTokens > 0 ? MadeUpText.ofTokens(promptTokens, client, model, seed) : number -> fixed;
    }

    private String fixedText() {
        if (question != null) {
            return question;
        }
        return images.isEmpty() ? "Tell me a story." : "Please describe the image.";
    }
}
