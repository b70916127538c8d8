package dev.pargo.llm.engine;

import dev.pargo.models.bundle.ModelBundle;
import dev.pargo.models.chat.Dialogue;
import dev.pargo.models.chat.DialogueMessage;
import dev.pargo.models.chat.PromptFormat;
import dev.pargo.models.chat.PromptTokenizer;
import dev.pargo.models.llm.CausalLm;
import dev.pargo.models.llm.KvCache;
import dev.pargo.models.llm.Logits;
import dev.pargo.models.llm.PromptEmbedding;
import dev.pargo.models.llm.PromptPart;
import dev.pargo.models.llm.Step;
import dev.pargo.models.picture.Grid;
import dev.pargo.models.picture.PictureLayout;
import dev.pargo.models.picture.PictureRows;
import dev.pargo.models.tensor.HostTensor;
import dev.pargo.models.tokenizer.Tokenizer;
import dev.pargo.models.torch.Placement;
import dev.pargo.models.torch.TorchRuntime;
import dev.pargo.models.weights.Checkpoint;
import dev.pargo.stage.device.DeviceExecutor;
import dev.pargo.stage.device.SelfCheck;
import dev.pargo.stage.device.WatchdogLimits;
import dev.pargo.stage.status.StageMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.springframework.util.unit.DataSize;

/** The bundled model behind a separate engine, in this process. */
final class PargoMini implements AutoCloseable {

    static final int EOS = 2;
    static final int VOCABULARY = 1024;
    static final String DESCRIBE = "Please describe the image.";

    private static final Path BUNDLE = Path.of("../bundle/pargo-mini");
    static final Path LLM = BUNDLE.resolve("llm");
    private static final int BOS = 1;

    // Loaded once for all engines.
    static final CausalLm LM;
    static final Tokenizer TOKENIZER;
    private static final PromptFormat FORMAT;
    private static final PromptTokenizer PROMPTS;

    static {
        TorchRuntime.configure(1);
        ModelBundle bundle = ModelBundle.read(BUNDLE);
        LM = CausalLm.load(bundle.llm(), Placement.REFERENCE);
        TOKENIZER = bundle.tokenizer();
        FORMAT = bundle.promptFormat(TOKENIZER);
        PROMPTS = new PromptTokenizer(TOKENIZER, bundle.notation());
    }

    final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    final Engine engine;
    final DeviceExecutor device;

    PargoMini(EngineProperties properties) {
        this(properties, LM);
    }

    /** An engine for a model that the caller has loaded. */
    PargoMini(EngineProperties properties, CausalLm lm) {
        SelfCheck selfCheck = new SelfCheck(new ProbePrompt(lm), System::nanoTime);
        engine = newEngine(properties, lm, meters, selfCheck);
        device = DeviceExecutor.start("test-device", selfCheck.guard(engine), WatchdogLimits.DEFAULT, () -> {});
    }

    private static Engine newEngine(
            EngineProperties properties, CausalLm lm, SimpleMeterRegistry meters, SelfCheck selfCheck) {
        return new Engine(
                lm,
                TOKENIZER,
                properties,
                new StageMetrics(meters, "llm"),
                new EngineMetrics(meters, "pargo-mini"),
                selfCheck);
    }

    /** An engine without a device thread: the test makes its steps. */
    static Engine newEngine(EngineProperties properties, CausalLm lm, SimpleMeterRegistry meters) {
        return newEngine(properties, lm, meters, new SelfCheck(new ProbePrompt(lm), System::nanoTime));
    }

    /** The bundled model, loaded once more. The caller closes it. */
    static CausalLm load() {
        return CausalLm.load(ModelBundle.read(BUNDLE).llm(), Placement.REFERENCE);
    }

    static PargoMini withSequences(int sequences) {
        return new PargoMini(properties(sequences, 4 * sequences, true));
    }

    /** @param contexts of 512 tokens that the KV cache holds */
    static EngineProperties properties(int sequences, int contexts, boolean promptLookup) {
        return properties(sequences, contexts, promptLookup, Duration.ofSeconds(2));
    }

    /**
     * @param contexts of 512 tokens that the KV cache holds
     * @param turn  after which an answer makes way for another client
     */
    static EngineProperties properties(int sequences, double contexts, boolean promptLookup, Duration turn) {
        return new EngineProperties(
                sequences,
                null,
                DataSize.ofBytes((long) (contexts * 512 * LM.kvBytesPerToken())),
                64,
                32,
                true,
                turn,
                List.of(),
                promptLookup);
    }

    /** The bundle's prompt about one of the two pictures of the goldens. */
    static List<PromptPart> aboutImage(int image, String question) {
        return about(visualTokens(image), question);
    }

    static List<PromptPart> about(HostTensor visualTokens, String question) {
        PictureLayout layout =
                PictureLayout.whole(1, 1, Grid.line((int) visualTokens.shape()[0]));
        List<PromptPart> parts = PROMPTS.tokenize(
                FORMAT.write(Dialogue.of(DialogueMessage.question(question))),
                List.of(new PictureRows(layout, visualTokens)));
        // All tokens before the picture as one part.
        int[] before = ((PromptPart.Tokens) parts.get(1)).ids();
        return List.of(tokens(BOS, before), parts.get(2), parts.get(3));
    }

    static List<PromptPart> text(String text) {
        return List.of(tokens(BOS, TOKENIZER.encode(text)));
    }

    static HostTensor visualTokens(int image) {
        return Checkpoint.open(BUNDLE.resolve("golden.safetensors"))
                .read("image%d.visual_tokens".formatted(image))
                .get(0);
    }

    private static PromptPart tokens(int first, int[] others) {
        return new PromptPart.Tokens(
                IntStream.concat(IntStream.of(first), IntStream.of(others)).toArray());
    }

    /** The prompt, followed by these tokens. */
    static List<PromptPart> continued(List<PromptPart> prompt, List<Integer> ids) {
        List<PromptPart> parts = new ArrayList<>(prompt);
        parts.add(new PromptPart.Tokens(ids.stream().mapToInt(i -> i).toArray()));
        return parts;
    }

    /** The network's own logits before each token of an answer, computed in one pass over prompt and answer. */
    static float[][] logits(List<PromptPart> prompt, List<Integer> answer) {
        int promptTokens = PromptKeys.of(prompt).length;
        try (PromptEmbedding rows = LM.embed(continued(prompt, answer));
                Logits logits = LM.score(rows)) {
            float[] all = logits.toArray();
            return IntStream.range(0, answer.size())
                    .mapToObj(i -> Arrays.copyOfRange(
                            all, (promptTokens - 1 + i) * VOCABULARY, (promptTokens + i) * VOCABULARY))
                    .toArray(float[][]::new);
        }
    }

    /** The network's own attention before each token of an answer, to everything before it, token by token. */
    static List<float[]> attention(List<PromptPart> prompt, List<Integer> answer) {
        List<float[]> attention = new ArrayList<>();
        try (PromptEmbedding rows = LM.embed(prompt);
                KvCache cache = LM.newCache(512 / KvCache.PAGE_TOKENS)) {
            int[] pages = IntStream.range(0, cache.pages()).toArray();
            Step step = new Step(List.of(new Step.Chunk(pages, rows, 0, rows.length())), List.of(), List.of(0));
            for (int i = 0; i < answer.size(); i++) {
                try (Logits logits = LM.step(cache, step)) {
                    attention.add(logits.attention(0).orElseThrow());
                }
                Step.Tokens token = new Step.Tokens(pages, rows.length() + i, answer.get(i));
                step = new Step(List.of(), List.of(token), List.of(0));
            }
        }
        return attention;
    }

    CollectedAnswer submit(Asked asked) {
        return submit(asked, () -> {});
    }

    /** @param atFirstToken runs while the engine is stopped after the first token */
    CollectedAnswer submit(Asked asked, Runnable atFirstToken) {
        CollectedAnswer answer = new CollectedAnswer(atFirstToken);
        answer.generation = engine.submit(asked.request(), answer);
        return answer;
    }

    @Override
    public void close() {
        device.close();
        engine.close();
    }
}
