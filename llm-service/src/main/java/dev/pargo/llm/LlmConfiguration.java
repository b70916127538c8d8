package dev.pargo.llm;

import dev.pargo.llm.constraint.Constraints;
import dev.pargo.llm.engine.Capabilities;
import dev.pargo.llm.engine.EngineMetrics;
import dev.pargo.llm.engine.EngineProperties;
import dev.pargo.llm.engine.Generator;
import dev.pargo.llm.engine.VisualWeights;
import dev.pargo.llm.grpc.AnswerLimits;
import dev.pargo.llm.grpc.LlmHost;
import dev.pargo.llm.grpc.PromptReader;
import dev.pargo.llm.grpc.RequestPreparation;
import dev.pargo.llm.grpc.UnreadAnswers;
import dev.pargo.models.bundle.ModelBundle;
import dev.pargo.models.chat.PromptFormat;
import dev.pargo.models.llm.DecoderConfig;
import dev.pargo.models.network.StoredNetwork;
import dev.pargo.models.tokenizer.Tokenizer;
import dev.pargo.proto.RequestBounds;
import dev.pargo.proto.v1.DataType;
import dev.pargo.proto.v1.GenerationDefaults;
import dev.pargo.proto.v1.LlmCapabilities;
import dev.pargo.proto.v1.LlmDescription;
import dev.pargo.proto.v1.PromptDescription;
import dev.pargo.proto.v1.RequestLimits;
import dev.pargo.proto.v1.StageIdentity;
import dev.pargo.proto.v1.TokenTensor;
import dev.pargo.proto.v1.ToolCallForm;
import dev.pargo.stage.StageConfiguration;
import dev.pargo.stage.StageServices;
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

/** Builds the service from a bundle and a generator: prompts, description, calls. */
@Configuration(proxyBeanMethods = false)
@Import({StageConfiguration.class, OwnEngineConfiguration.class, VllmConfiguration.class})
@EnableConfigurationProperties({EngineProperties.class, AnswerLimits.class})
class LlmConfiguration {

    private static final Logger log = LoggerFactory.getLogger(LlmConfiguration.class);

    /** Largest number of images in a request; the visual tokens of each take a part of the context. */
    private static final int MAX_VISUAL_TENSORS = 64;

    /** Most bytes of a character. */
    private static final int UTF8_BYTES = 4;

    @Bean
    Tokenizer tokenizer(ModelBundle bundle) {
        return bundle.tokenizer();
    }

    @Bean
    EngineMetrics engineMetrics(MeterRegistry registry, ModelBundle bundle) {
        return new EngineMetrics(registry, bundle.name());
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
            StoredNetwork<DecoderConfig> stored,
            Generator generator,
            Tokenizer tokenizer,
            PromptReader prompts,
            NamedAdapters adapters,
            RequestPreparation preparation,
            AnswerLimits answerLimits,
            StageServices services) {
        LlmDescription description = describe(bundle, identity, stored.config(), prompts, generator, adapters);
        return new LlmHost(
                description,
                generator,
                tokenizer,
                prompts,
                new Constraints(tokenizer),
                endIds(stored.config(), tokenizer, prompts.format().endToken()),
                preparation,
                answerLimits,
                new UnreadAnswers(answerLimits.unread()),
                services.calls(generator::estimatedWait));
    }

    /** The end tokens of the model's configuration and of its prompt format. */
    private static List<Integer> endIds(DecoderConfig decoder, Tokenizer tokenizer, String eosToken) {
        Set<Integer> ids = new LinkedHashSet<>(decoder.eos());
        tokenizer.controlToken(eosToken).ifPresent(ids::add);
        return List.copyOf(ids);
    }

    private static LlmDescription describe(
            ModelBundle bundle,
            StageIdentity identity,
            DecoderConfig decoder,
            PromptReader prompts,
            Generator generator,
            NamedAdapters adapters) {
        LlmDescription.Builder description = LlmDescription.newBuilder();
        if (bundle.seesPictures()) {
            description
                    .setVisualInput(TokenTensor.newBuilder()
                            .setWidth(decoder.width() * (1 + decoder.style().sideInputs()))
                            .addAllDtypes(List.of(DataType.FLOAT32, DataType.FLOAT16, DataType.BFLOAT16)))
                    .setMaxVisualTensors(MAX_VISUAL_TENSORS);
        }
        return description
                .setIdentity(identity)
                .setContextTokens(generator.contextTokens())
                .setVocabulary(decoder.vocabulary())
                .setPrompt(prompt(prompts).setSingleTurn(bundle.isSingleTurn()))
                .setDefaults(GenerationDefaults.newBuilder().setMaxTokens(bundle.maxNewTokens()))
                .setMaxSequences(generator.maxSequences())
                .setLimits(limits(identity.getMaxMessageBytes()))
                .addAllAdapters(adapters.names())
                .setCapabilities(capabilities(generator.capabilities()))
                .build();
    }

    private static LlmCapabilities.Builder capabilities(Capabilities can) {
        return LlmCapabilities.newBuilder()
                .setBeamSearch(can.beamSearch())
                .setVisualAttention(can.visualAttention())
                .setRepetitionPenaltyWithPictures(can.repetitionPenaltyWithPictures());
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
