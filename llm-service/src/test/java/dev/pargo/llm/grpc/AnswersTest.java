package dev.pargo.llm.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pargo.proto.v1.AnswerFormat;
import dev.pargo.proto.v1.ContentPart;
import dev.pargo.proto.v1.FinishReason;
import dev.pargo.proto.v1.GenerateStart;
import dev.pargo.proto.v1.PromptSegment;
import dev.pargo.proto.v1.Sampling;
import dev.pargo.proto.v1.VisualAttention;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The service's answers: equal to the reference's, within the limits, in the requested format. */
class AnswersTest extends RunningLlmService {

    @Test
    void describesItself() {
        assertThat(description.getIdentity().getBundle()).isEqualTo("pargo-mini");
        assertThat(description.getIdentity().getNetwork()).isEqualTo("internlm2");
        assertThat(description.getIdentity().getFingerprint()).hasSize(16);
        assertThat(description.getVisualInput().getWidth()).isEqualTo(256);
        assertThat(description.getContextTokens()).isEqualTo(512);
        assertThat(description.getPrompt().getOrigin()).isEqualTo("prompt.template of the manifest");
    }

    @Test
    void answersAboutVisualTokensAsTheReference() throws Exception {
        for (JsonNode entry : golden().get("entries")) {
            String prefix = entry.get("prefix").asString();
            GenerateStart start = question(entry.get("question").asString())
                    .addVisualTokens(80)
                    .build();
            Answer answer = ask(start, visual(prefix));
            assertThat(answer.ids()).isEqualTo(ids(entry.get("greedy_token_ids")));
            assertThat(answer.text()).isEqualTo(entry.get("greedy_text").asString());
            assertThat(answer.first().getQueued().getPromptTokens())
                    .isEqualTo(entry.get("sequence_length").asInt());
            assertThat(answer.first().getQueued().getVisualTokens()).isEqualTo(80);
            assertThat(answer.reason()).isEqualTo(FinishReason.STOP);
            assertThat(answer.finished().getCompletionTokens())
                    .isEqualTo(answer.ids().size());
        }
    }

    @Test
    void anAnswerThatGoesOnWithATextBeginsWithItsSpace() throws Exception {
        JsonNode entry = golden().get("entries").get(0);
        String whole = entry.get("greedy_text").asString();
        GenerateStart.Builder begun =
                question(entry.get("question").asString()).addVisualTokens(80).setTopLogprobs(0);
        begun.getConversationBuilder()
                .setContinues(true)
                .addMessagesBuilder()
                .setRole("assistant")
                .addContent(ContentPart.newBuilder().setText("A"));

        Answer rest = ask(begun.build(), visual(entry.get("prefix").asString()));

        assertThat("A" + rest.text()).isEqualTo(whole);
        assertThat(rest.tokens())
                .startsWith(" gray")
                .satisfies(tokens -> assertThat(String.join("", tokens)).isEqualTo(rest.text()));
    }

    @Test
    void anAnswerToARawPromptGoesOnWithIt() throws Exception {
        Answer rest = ask(text("A gray crescent at the top left, a")
                .setMaxTokens(3)
                .setTopLogprobs(0)
                .build());
        Answer alone = ask(GenerateStart.newBuilder()
                .addPrompt(PromptSegment.newBuilder().setControl("<s>"))
                .setMaxTokens(3)
                .build());

        assertThat(rest.text()).startsWith(" ").isEqualTo(String.join("", rest.tokens()));
        assertThat(alone.text()).isNotEmpty().doesNotStartWith(" ");
    }

    @Test
    void concurrentConversationsDoNotMix() throws Exception {
        List<CompletableFuture<Answer>> answers = new ArrayList<>();
        List<JsonNode> entries = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            JsonNode entry = golden().get("entries").get(i % 2);
            entries.add(entry);
            answers.add(CompletableFuture.supplyAsync(() -> {
                try {
                    return ask(
                            question(entry.get("question").asString())
                                    .addVisualTokens(80)
                                    .build(),
                            visual(entry.get("prefix").asString()));
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }));
        }
        for (int i = 0; i < answers.size(); i++) {
            assertThat(answers.get(i).get(30, TimeUnit.SECONDS).text())
                    .isEqualTo(entries.get(i).get("greedy_text").asString());
        }
    }

    @Test
    void stopsBeforeAStopString() throws Exception {
        Answer answer = ask(
                question("Please describe the image.")
                        .addVisualTokens(80)
                        .addStop("pink")
                        .build(),
                visual("image1."));
        assertThat(answer.text()).isEqualTo("A gray crescent at the top left, a ");
        assertThat(answer.reason()).isEqualTo(FinishReason.STOP);
    }

    @Test
    void tellsHowMuchEachTokenAttendsToTheVisualTokens() throws Exception {
        GenerateStart.Builder start = question("Please describe the image.").addVisualTokens(80);
        Answer answer = ask(start.setVisualAttention(true).build(), visual("image1."));

        assertThat(answer.attention()).hasSameSizeAs(answer.ids());
        for (VisualAttention token : answer.attention()) {
            ShortBuffer levels = token.getWeights()
                    .asReadOnlyByteBuffer()
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .asShortBuffer();
            int[] weights = IntStream.range(0, levels.limit())
                    .map(i -> levels.get(i) & 0xffff)
                    .toArray();
            assertThat(weights).hasSize(80);
            assertThat(Arrays.stream(weights).max()).hasValue(0xffff);
            double sum = Arrays.stream(weights).sum() / (double) 0xffff * token.getLargest();
            assertThat(sum).isBetween(0.1, 1.0);
        }
        assertThat(answer.attention().stream().map(token -> token.getText().toStringUtf8()))
                .contains(" crescent", " diamond")
                .satisfies(tokens -> assertThat(String.join("", tokens)).isEqualTo(answer.text()));
        assertThat(ask(start.setVisualAttention(false).build(), visual("image1."))
                        .attention())
                .isEmpty();
    }

    @Test
    void endsAtTheLimitOfTokens() throws Exception {
        Answer answer = ask(
                question("Please describe the image.")
                        .addVisualTokens(80)
                        .setMaxTokens(3)
                        .build(),
                visual("image1."));
        assertThat(answer.ids()).hasSize(3);
        assertThat(answer.reason()).isEqualTo(FinishReason.LENGTH);
    }

    @Test
    void endsWhereTheContextEnds() throws Exception {
        String longText = "red ".repeat(480);
        Answer answer = ask(text(longText).setMaxTokens(500).build());
        assertThat(answer.first().getQueued().getPromptTokens()
                        + answer.finished().getCompletionTokens())
                .isLessThanOrEqualTo(512);
    }

    @Test
    void theSameSeedGivesTheSameAnswerAlsoBesideOthers() throws Exception {
        GenerateStart.Builder start = text("USER: hello\nASSISTANT: ")
                .setMaxTokens(24)
                .setSampling(Sampling.newBuilder().setTemperature(2).setSeed(7));
        Answer alone = ask(start.build());
        List<CompletableFuture<Answer>> together = IntStream.range(0, 4)
                .mapToObj(i -> CompletableFuture.supplyAsync(() -> {
                    try {
                        return ask(start.clone()
                                .setSampling(
                                        Sampling.newBuilder().setTemperature(2).setSeed(i == 0 ? 7 : 100 + i))
                                .build());
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                }))
                .toList();
        assertThat(together.get(0).get(30, TimeUnit.SECONDS).ids()).isEqualTo(alone.ids());
        assertThat(together.get(1).get().ids())
                .isNotEqualTo(together.get(2).get().ids());
    }

    @Test
    void theMostProbableTokenAloneIsGreedy() throws Exception {
        GenerateStart.Builder start = text("USER: hello\nASSISTANT: ").setMaxTokens(12);
        Answer greedy = ask(start.build());
        Answer topOne = ask(start.setSampling(
                        Sampling.newBuilder().setTemperature(1).setTopK(1).setSeed(3))
                .build());
        Answer tinyNucleus = ask(start.setSampling(
                        Sampling.newBuilder().setTemperature(1).setTopP(1e-6f).setSeed(3))
                .build());
        assertThat(topOne.ids()).isEqualTo(greedy.ids());
        assertThat(tinyNucleus.ids()).isEqualTo(greedy.ids());
    }

    @Test
    void answersWithOneOfTheChoices() throws Exception {
        AnswerFormat format = AnswerFormat.newBuilder()
                .setOneOf(AnswerFormat.Choices.newBuilder()
                        .addStrings("yes")
                        .addStrings("yes, it is")
                        .addStrings("no"))
                .build();
        for (int seed = 0; seed < 5; seed++) {
            Answer answer = ask(
                    question("Is there a circle?")
                            .addVisualTokens(80)
                            .setFormat(format)
                            .setSampling(Sampling.newBuilder().setTemperature(2).setSeed(seed))
                            .build(),
                    visual("image1."));
            assertThat(answer.text()).isIn("yes", "yes, it is", "no");
            assertThat(answer.reason()).isEqualTo(FinishReason.STOP);
        }
    }

    @Test
    void answersWithAJsonObject() throws Exception {
        GenerateStart.Builder start = text("USER: hello\nASSISTANT: ")
                .setMaxTokens(200)
                .setFormat(AnswerFormat.newBuilder().setJsonObject(true));
        // A model that was not trained on JSON needs a bias to end its answer.
        Sampling.Builder sampling = Sampling.newBuilder().setTemperature(1);
        Map<String, Float> push = Map.of("\"", 15f, "}", 12f, ":", 12f);
        for (int id = 0; id < host.tokenizer().vocabulary(); id++) {
            Float bias = push.get(new String(host.tokenizer().bytes(id), StandardCharsets.UTF_8));
            if (bias != null) {
                sampling.putLogitBias(id, bias);
            }
        }
        int ended = 0;
        for (int seed = 0; seed < 5; seed++) {
            Answer answer = ask(start.setSampling(sampling.setSeed(seed)).build());
            if (answer.reason() == FinishReason.STOP) {
                ended++;
                assertThat(new JsonMapper().readTree(answer.text()).isObject()).isTrue();
            }
        }
        assertThat(ended).isGreaterThan(2);
    }

    @Test
    void answersByASchema() throws Exception {
        String schema = """
                {"type": "object", "required": ["shape", "count"],
                 "properties": {"shape": {"enum": ["circle", "star"]}, "count": {"type": "integer", "maximum": 99}}}""";
        GenerateStart.Builder start = text("USER: hello\nASSISTANT: ")
                .setMaxTokens(200)
                .setFormat(AnswerFormat.newBuilder().setJsonSchema(schema));
        for (int seed = 0; seed < 5; seed++) {
            Answer answer = ask(
                    start.setSampling(Sampling.newBuilder().setTemperature(2).setSeed(seed))
                            .build());
            assertThat(answer.reason()).isEqualTo(FinishReason.STOP);
            JsonNode object = new JsonMapper().readTree(answer.text());
            assertThat(object.propertyNames()).containsExactly("shape", "count");
            assertThat(object.get("shape").asString()).isIn("circle", "star");
            assertThat(object.get("count").asLong()).isLessThanOrEqualTo(99);
        }
    }
}
