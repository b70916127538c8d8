package dev.pargo.llm;

import dev.pargo.llm.constraint.Constraints;
import dev.pargo.llm.engine.Engine;
import dev.pargo.llm.engine.EngineMetrics;
import dev.pargo.llm.engine.EngineProperties;
import dev.pargo.llm.engine.ProbePrompt;
import dev.pargo.llm.engine.VisualWeights;
import dev.pargo.llm.grpc.AnswerLimits;
import dev.pargo.llm.grpc.LlmHost;
import dev.pargo.llm.grpc.PromptReader;
import dev.pargo.llm.grpc.RequestPreparation;
import dev.pargo.llm.grpc.UnreadAnswers;
import dev.pargo.models.bundle.BundlePart;
import dev.pargo.models.bundle.ModelBundle;
import dev.pargo.models.chat.PromptFormat;
import dev.pargo.models.llm.CausalLm;
import dev.pargo.models.llm.DecoderConfig;
import dev.pargo.models.memory.NetworkUse;
import dev.pargo.models.network.StoredNetwork;
import dev.pargo.models.tokenizer.Tokenizer;
import dev.pargo.models.torch.Placement;
import dev.pargo.proto.RequestBounds;
import dev.pargo.proto.v1.DataType;
import dev.pargo.proto.v1.GenerationDefaults;
import dev.pargo.proto.v1.LlmDescription;
import dev.pargo.proto.v1.PromptDescription;
import dev.pargo.proto.v1.RequestLimits;
import dev.pargo.proto.v1.StageIdentity;
import dev.pargo.proto.v1.TokenTensor;
import dev.pargo.proto.v1.ToolCallForm;
import dev.pargo.stage.StageConfiguration;
import dev.pargo.stage.StageServices;
import dev.pargo.stage.device.DeviceExecutor;
import dev.pargo.stage.device.SelfCheck;
import dev.pargo.stage.network.NetworkConfiguration;
import dev.pargo.stage.network.ServedPart;
import dev.pargo.stage.status.StageMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Builds the service from a bundle: model, engine, description. */
@Configuration(proxyBeanMethods = false)
@Import({StageConfiguration.class, NetworkConfiguration.class})
@EnableConfigurationProperties({EngineProperties.class, AnswerLimits.class})
class LlmConfiguration {

    private static final Logger log = LoggerFactory.getLogger(LlmConfiguration.class);

    /** Largest number of images in a request; the visual tokens of each take a part of the context. */
    private static final int MAX_VISUAL_TENSORS = 64;

    /** Most bytes of a character. */
    private static final int UTF8_BYTES = 4;

    @Bean
    NamedAdapters adapters(EngineProperties engine) {
        return NamedAdapters.open(engine.adapters());
    }

    @Bean
    StoredNetwork<DecoderConfig> storedModel(ModelBundle bundle, NamedAdapters adapters) {
        return bundle.llm().withChoices(adapters.all());
    }

    @Bean
    ServedPart part(StoredNetwork<DecoderConfig> stored, EngineProperties engine) {
        DecoderConfig config = stored.config();
        NetworkUse use = new NetworkUse(
                engine.promptRows(),
                placement -> engine.kvCacheBytes(config.kvBytesPerToken(placement), config.context()));
        return new ServedPart(BundlePart.LLM, stored, stored.fingerprint(), engine.packWeights(), use);
    }

    @Bean
    CausalLm languageModel(StoredNetwork<DecoderConfig> stored, Placement placement) {
        return CausalLm.load(stored, placement);
    }

    @Bean
    Tokenizer tokenizer(ModelBundle bundle) {
        return bundle.tokenizer();
    }

    @Bean
    EngineMetrics engineMetrics(MeterRegistry registry, ModelBundle bundle) {
        return new EngineMetrics(registry, bundle.name());
    }

    @Bean
    SelfCheck selfCheck(CausalLm model) {
        return new SelfCheck(new ProbePrompt(model), System::nanoTime);
    }

    @Bean
    Engine engine(
            CausalLm model,
            Tokenizer tokenizer,
            EngineProperties properties,
            StageMetrics stageMetrics,
            EngineMetrics metrics,
            SelfCheck selfCheck) {
        Engine engine = new Engine(model, tokenizer, properties, stageMetrics, metrics, selfCheck);
        log.info("{} answers at once, of {} tokens with their prompts", engine.maxSequences(), engine.contextTokens());
        return engine;
    }

    @Bean
    DeviceExecutor device(Engine engine, StageServices services, SelfCheck selfCheck) {
        return services.device(engine, selfCheck);
    }

    @Bean
    RequestPreparation preparation() {
        return new RequestPreparation();
    }

    @Bean
    PromptReader prompts(ModelBundle bundle, Tokenizer tokenizer) {
        PromptReader prompts = new PromptReader(bundle, tokenizer);
        log.info("Prompts are written by {}", prompts.format().origin());
        return prompts;
    }

    @Bean
    LlmHost host(
            ModelBundle bundle,
            StageIdentity identity,
            CausalLm model,
            Engine engine,
            Tokenizer tokenizer,
            PromptReader prompts,
            NamedAdapters adapters,
            RequestPreparation preparation,
            AnswerLimits answerLimits,
            StageServices services) {
        LlmDescription description = describe(bundle, identity, model, prompts, engine, adapters);
        return new LlmHost(
                description,
                engine,
                tokenizer,
                prompts,
                new Constraints(tokenizer),
                endIds(model, tokenizer, prompts.format().endToken()),
                preparation,
                answerLimits,
                new UnreadAnswers(answerLimits.unread()),
                services.calls(engine::estimatedWait));
    }

    /** The end tokens of the model's configuration and of its prompt format. */
    private static List<Integer> endIds(CausalLm model, Tokenizer tokenizer, String eosToken) {
        Set<Integer> ids = new LinkedHashSet<>(model.config().eos());
        tokenizer.controlToken(eosToken).ifPresent(ids::add);
        return List.copyOf(ids);
    }

    private static LlmDescription describe(
            ModelBundle bundle,
            StageIdentity identity,
            CausalLm model,
            PromptReader prompts,
            Engine engine,
            NamedAdapters adapters) {
        LlmDescription.Builder description = LlmDescription.newBuilder();
        if (bundle.seesPictures()) {
            description
                    .setVisualInput(TokenTensor.newBuilder()
                            .setWidth(model.config().width()
                                    * (1 + model.config().style().sideInputs()))
                            .addAllDtypes(List.of(DataType.FLOAT32, DataType.FLOAT16, DataType.BFLOAT16)))
                    .setMaxVisualTensors(MAX_VISUAL_TENSORS);
        }
        return description
                .setIdentity(identity)
                .setContextTokens(engine.contextTokens())
                .setVocabulary(model.config().vocabulary())
                .setPrompt(prompt(prompts).setSingleTurn(bundle.isSingleTurn()))
                .setDefaults(GenerationDefaults.newBuilder().setMaxTokens(bundle.maxNewTokens()))
                .setMaxSequences(engine.maxSequences())
                .setLimits(limits(identity.getMaxMessageBytes()))
                .addAllAdapters(adapters.names())
                .build();
    }

    private static PromptDescription.Builder prompt(PromptReader prompts) {
        PromptFormat format = prompts.format();
        PromptDescription.Builder prompt = PromptDescription.newBuilder()
                .setOrigin(format.origin())
                .setTools(format.knowsTools())
                .setOpening(prompts.opening());
        format.toolCallSyntax()
                .ifPresent(form -> prompt.setToolCalls(ToolCallForm.newBuilder()
                        .setOpening(form.opening())
                        .setClosing(form.closing())
                        .setArguments(form.arguments())));
        return prompt;
    }

    /**
     * Longest list in a request. Shorter lists take no noticeable time in a step, and a start with all lists full fits
     * into one message.
     */
    private static RequestLimits limits(int messageBytes) {
        return RequestLimits.newBuilder()
                .setPromptBytes(messageBytes / 2)
                .setPromptSegments(2048)
                .setConversationPieces(16_384)
                .setStopStrings(RequestBounds.STOP_STRINGS)
                .setStopStringBytes(UTF8_BYTES * RequestBounds.CHARACTERS)
                .setStopTokenIds(RequestBounds.STOP_TOKEN_IDS)
                .setLogitBiases(RequestBounds.LOGIT_BIASES)
                .setChoiceStrings(RequestBounds.CHOICES)
                .setChoiceStringBytes(UTF8_BYTES * RequestBounds.CHARACTERS)
                .setChoiceBytes(messageBytes / 4)
                .setTopLogprobs(RequestBounds.TOP_LOGPROBS)
                .setAttentionWeights(VisualWeights.MOST_WEIGHTS)
                .build();
    }
}
