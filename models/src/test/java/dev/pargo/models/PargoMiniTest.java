package dev.pargo.models;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import dev.pargo.models.bundle.ModelBundle;
import dev.pargo.models.chat.Dialogue;
import dev.pargo.models.chat.DialogueMessage;
import dev.pargo.models.chat.PromptPiece;
import dev.pargo.models.chat.PromptTokenizer;
import dev.pargo.models.fixture.Cosine;
import dev.pargo.models.fixture.Tolerance;
import dev.pargo.models.image.ImagePreprocessor;
import dev.pargo.models.image.file.ImageDecoder;
import dev.pargo.models.image.file.ImageLimits;
import dev.pargo.models.llm.CausalLm;
import dev.pargo.models.llm.EvenPages;
import dev.pargo.models.llm.KvCache;
import dev.pargo.models.llm.Logits;
import dev.pargo.models.llm.PromptEmbedding;
import dev.pargo.models.llm.PromptPart;
import dev.pargo.models.llm.Step;
import dev.pargo.models.picture.Grid;
import dev.pargo.models.picture.PictureLayout;
import dev.pargo.models.picture.PictureRows;
import dev.pargo.models.projector.Projector;
import dev.pargo.models.tensor.HostTensor;
import dev.pargo.models.tokenizer.Tokenizer;
import dev.pargo.models.torch.Placement;
import dev.pargo.models.torch.Precision;
import dev.pargo.models.vision.VisionEncoder;
import dev.pargo.models.weights.Checkpoint;
import dev.pargo.models.weights.FusionCheckpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The bundled model from picture to answer, in every precision: against the answers and the intermediate values that its
 * training program computed from the same files.
 */
class PargoMiniTest {

    private static final Logger log = LoggerFactory.getLogger(PargoMiniTest.class);

    private static final Path DIRECTORY = Path.of("../bundle/pargo-mini");
    private static final ModelBundle BUNDLE = ModelBundle.read(DIRECTORY);

    /** What one question should come to. */
    private record Example(String picture, String question, JsonNode prompt, List<Integer> answer) {}

    private static Placement in(Precision precision) {
        return new Placement(Device.cpu(), precision, true);
    }

    private static List<Example> examples() throws IOException {
        List<Example> examples = new ArrayList<>();
        for (JsonNode picture : json("examples/examples.json").get("examples")) {
            for (JsonNode qa : picture.get("qa")) {
                examples.add(new Example(
                        picture.get("image").asString(),
                        qa.get("question").asString(),
                        qa.get("prompt_token_ids"),
                        ids(qa.get("model_token_ids"))));
            }
        }
        return examples;
    }

    private static HostTensor pixels(String file) throws IOException {
        byte[] image = Files.readAllBytes(DIRECTORY.resolve("examples").resolve(file));
        ImageDecoder decoder = new ImageDecoder(
                new ImageLimits(1 << 24, 1 << 24), BUNDLE.preprocessing().convention());
        return new ImagePreprocessor(BUNDLE.preprocessing()).preprocess(decoder.decode(image));
    }

    private static List<PromptPart> prompt(Tokenizer tokenizer, Example example, HostTensor visualTokens) {
        List<PromptPiece> pieces =
                BUNDLE.promptFormat(tokenizer).write(Dialogue.of(DialogueMessage.question(example.question())));
        PictureLayout layout =
                PictureLayout.whole(1, 1, Grid.line((int) visualTokens.shape()[0]));
        List<PromptPart> prompt = new PromptTokenizer(tokenizer, BUNDLE.notation())
                .tokenize(pieces, List.of(new PictureRows(layout, visualTokens)));
        int picture = prompt.size() - 2;
        assertThat(tokens(prompt.subList(0, picture)))
                .isEqualTo(ids(example.prompt().get(0)));
        assertThat(prompt.get(picture)).isInstanceOf(PromptPart.Visual.class);
        assertThat(tokens(prompt.subList(picture + 1, prompt.size())))
                .isEqualTo(ids(example.prompt().get(1)));
        return prompt;
    }

    private static List<Integer> tokens(List<PromptPart> parts) {
        return parts.stream()
                .flatMapToInt(part -> Arrays.stream(((PromptPart.Tokens) part).ids()))
                .boxed()
                .toList();
    }

    /** Prompts of all examples, with visual tokens by an encoder in a precision; integers are for the encoder alone. */
    private static List<List<PromptPart>> prompts(List<Example> examples, Precision precision) throws IOException {
        Precision ofProjector = precision.isQuantized() ? Precision.FLOAT32 : precision;
        List<List<PromptPart>> prompts = new ArrayList<>();
        try (VisionEncoder encoder = VisionEncoder.load(BUNDLE.vision(), in(precision));
                Projector projector = Projector.load(BUNDLE.projector(), in(ofProjector));
                Tokenizer tokenizer = BUNDLE.tokenizer()) {
            String picture = "";
            HostTensor visualTokens = null;
            for (Example example : examples) {
                if (!example.picture().equals(picture)) {
                    picture = example.picture();
                    HostTensor features =
                            encoder.encode(List.of(pixels(picture))).get(0);
                    visualTokens = projector.project(List.of(features)).get(0);
                }
                prompts.add(prompt(tokenizer, example, visualTokens));
            }
        }
        return prompts;
    }

    /** Greedy answers, all written side by side. */
    private static List<List<Integer>> answers(CausalLm lm, List<List<PromptPart>> prompts) {
        List<PromptEmbedding> embeddings = prompts.stream().map(lm::embed).toList();
        List<List<Integer>> answers =
                prompts.stream().<List<Integer>>map(prompt -> new ArrayList<>()).toList();
        EvenPages pages = new EvenPages(prompts.size(), 256);
        try (KvCache cache = lm.newCache(pages.count())) {
            for (int i = 0; i < prompts.size(); i++) {
                PromptEmbedding rows = embeddings.get(i);
                Step read = new Step(List.of(new Step.Chunk(pages.of(i), rows, 0, rows.length())), List.of());
                answers.get(i).add(next(lm, cache, read)[0]);
            }
            while (true) {
                List<Integer> open = IntStream.range(0, prompts.size())
                        .filter(i -> !isComplete(lm, answers.get(i)))
                        .boxed()
                        .toList();
                if (open.isEmpty()) {
                    return answers;
                }
                List<Step.Tokens> rows = open.stream()
                        .map(i -> new Step.Tokens(
                                pages.of(i),
                                embeddings.get(i).length() + answers.get(i).size() - 1,
                                answers.get(i).get(answers.get(i).size() - 1)))
                        .toList();
                int[] next = next(lm, cache, new Step(List.of(), rows));
                for (int row = 0; row < next.length; row++) {
                    answers.get(open.get(row)).add(next[row]);
                }
            }
        } finally {
            embeddings.forEach(PromptEmbedding::close);
        }
    }

    private static boolean isComplete(CausalLm lm, List<Integer> answer) {
        return lm.config().eos().contains(answer.get(answer.size() - 1)) || answer.size() == BUNDLE.maxNewTokens();
    }

    private static int[] next(CausalLm lm, KvCache cache, Step step) {
        try (Logits logits = lm.step(cache, step)) {
            return logits.argmax();
        }
    }

    private static long equal(List<Example> examples, List<List<Integer>> answers) {
        return IntStream.range(0, examples.size())
                .filter(i -> examples.get(i).answer().equals(answers.get(i)))
                .count();
    }

    @Test
    void answersAllExamplesAsTheReference() throws IOException {
        List<Example> examples = examples();
        assertThat(examples).hasSize(60);
        try (CausalLm lm = CausalLm.load(BUNDLE.llm(), Placement.REFERENCE)) {
            List<List<Integer>> answers = answers(lm, prompts(examples, Precision.FLOAT32));
            for (int i = 0; i < examples.size(); i++) {
                assertThat(answers.get(i))
                        .as(examples.get(i).question())
                        .isEqualTo(examples.get(i).answer());
            }
        }
    }

    @Test
    void everyStageEqualsTheReference() throws IOException {
        Checkpoint golden = Checkpoint.open(DIRECTORY.resolve("golden.safetensors"));
        List<Example> examples = examples();
        try (VisionEncoder encoder = VisionEncoder.load(BUNDLE.vision(), Placement.REFERENCE);
                Projector projector = Projector.load(BUNDLE.projector(), Placement.REFERENCE);
                CausalLm lm = CausalLm.load(BUNDLE.llm(), Placement.REFERENCE);
                Tokenizer tokenizer = BUNDLE.tokenizer()) {
            for (JsonNode entry : json("golden.json").get("entries")) {
                String prefix = entry.get("prefix").asString();
                String picture =
                        Path.of(entry.get("image").asString()).getFileName().toString();
                HostTensor pixels = pixels(picture);
                new Tolerance(1e-6, 0)
                        .check(pixels, golden.read(prefix + "pixel_values").get(0));
                HostTensor features = encoder.encode(List.of(pixels)).get(0);
                new Tolerance(1e-4, 1e-4)
                        .check(
                                normalized(features),
                                Tolerance.floats(
                                        golden.read(prefix + "vision_features").get(0)));
                HostTensor visual = projector.project(List.of(features)).get(0);
                new Tolerance(1e-4, 1e-4)
                        .check(visual, golden.read(prefix + "visual_tokens").get(0));
                Example example = examples.stream()
                        .filter(each -> each.picture().equals(picture)
                                && each.question().equals(entry.get("question").asString()))
                        .findFirst()
                        .orElseThrow();
                new Tolerance(2e-4, 2e-4)
                        .check(
                                logits(lm, prompt(tokenizer, example, visual), List.of())
                                        .get(0),
                                Tolerance.floats(
                                        golden.read(prefix + "last_logits").get(0)));
            }
        }
    }

    /** The projector's first norm, which the goldens have already seen: over each patch's features, eps 1e-5. */
    private static float[] normalized(HostTensor features) {
        Checkpoint weights = FusionCheckpoint.open(DIRECTORY.resolve("pargo.pt"));
        float[] scale = Tolerance.floats(weights.read("ln_vision.weight"));
        float[] shift = Tolerance.floats(weights.read("ln_vision.bias"));
        float[] values = Tolerance.floats(features);
        int width = scale.length;
        for (int patch = 0; patch < values.length; patch += width) {
            double mean = 0;
            double variance = 0;
            for (int i = 0; i < width; i++) {
                mean += values[patch + i] / width;
            }
            for (int i = 0; i < width; i++) {
                variance += Math.pow(values[patch + i] - mean, 2) / width;
            }
            for (int i = 0; i < width; i++) {
                values[patch + i] =
                        (float) ((values[patch + i] - mean) / Math.sqrt(variance + 1e-5) * scale[i] + shift[i]);
            }
        }
        return values;
    }

    @ParameterizedTest
    @CsvSource({
        "BFLOAT16, BFLOAT16, 57, 0.999",
        "FLOAT32, INT8, 57, 0.999",
        "INT8, FLOAT32, 54, 0.999",
        "INT8, INT8, 54, 0.999",
        "INT4, FLOAT32, 54, 0.998"
    })
    void lowerPrecisionsAnswerNearlyAllExamplesTheSame(
            Precision precision, Precision ofVisualTokens, int least, double leastCosine) throws IOException {
        List<Example> examples = examples();
        try (CausalLm lm = CausalLm.load(BUNDLE.llm(), in(precision))) {
            List<List<PromptPart>> prompts = prompts(examples, ofVisualTokens);
            long equal = equal(examples, answers(lm, prompts));
            DoubleSummaryStatistics cosines = cosines(lm, prompts, examples);
            report(precision, ofVisualTokens, equal, cosines);
            assertThat(equal).isGreaterThanOrEqualTo(least);
            assertThat(cosines.getAverage()).isGreaterThanOrEqualTo(leastCosine);
        }
    }

    private static void report(
            Precision precision, Precision ofVisualTokens, long equal, DoubleSummaryStatistics cosines) {
        log.info(
                "{}, visual tokens {}: {} of 60 answers equal float32's; cosine of logits mean {}, least {} over {} positions",
                precision,
                ofVisualTokens,
                equal,
                cosines.getAverage(),
                cosines.getMin(),
                cosines.getCount());
    }

    /** Cosines between logits and float32's at every position of the reference's answers. */
    private static DoubleSummaryStatistics cosines(CausalLm lm, List<List<PromptPart>> prompts, List<Example> examples)
            throws IOException {
        DoubleSummaryStatistics cosines = new DoubleSummaryStatistics();
        List<List<PromptPart>> exactPrompts = prompts(examples, Precision.FLOAT32);
        try (CausalLm exact = CausalLm.load(BUNDLE.llm(), Placement.REFERENCE)) {
            for (int i = 0; i < examples.size(); i++) {
                List<float[]> got = logits(lm, prompts.get(i), examples.get(i).answer());
                List<float[]> want =
                        logits(exact, exactPrompts.get(i), examples.get(i).answer());
                for (int position = 0; position < got.size(); position++) {
                    cosines.accept(Cosine.of(got.get(position), want.get(position)));
                }
            }
        }
        return cosines;
    }

    /** Logits after a prompt, and after each further token. */
    private static List<float[]> logits(CausalLm lm, List<PromptPart> prompt, List<Integer> further) {
        List<PromptPart> parts = new ArrayList<>(prompt);
        if (!further.isEmpty()) {
            parts.add(new PromptPart.Tokens(
                    further.stream().mapToInt(Integer::intValue).toArray()));
        }
        int first = prompt.stream().mapToInt(PromptPart::length).sum() - 1;
        try (PromptEmbedding rows = lm.embed(parts);
                Logits logits = lm.score(rows)) {
            float[] all = logits.toArray();
            int width = all.length / rows.length();
            return IntStream.range(first, rows.length())
                    .mapToObj(row -> Arrays.copyOfRange(all, row * width, (row + 1) * width))
                    .toList();
        }
    }

    private static List<Integer> ids(JsonNode ids) {
        return StreamSupport.stream(ids.spliterator(), false)
                .map(JsonNode::asInt)
                .toList();
    }

    private static JsonNode json(String file) throws IOException {
        return new JsonMapper().readTree(Files.readAllBytes(DIRECTORY.resolve(file)));
    }
}
