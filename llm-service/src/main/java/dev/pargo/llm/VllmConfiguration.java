package dev.pargo.llm;

import dev.pargo.llm.engine.EngineMetrics;
import dev.pargo.llm.engine.EngineProperties;
import dev.pargo.llm.vllm.VllmGenerator;
import dev.pargo.llm.vllm.VllmProperties;
import dev.pargo.models.bundle.BundlePart;
import dev.pargo.models.bundle.ModelBundle;
import dev.pargo.models.llm.DecoderConfig;
import dev.pargo.models.network.StoredNetwork;
import dev.pargo.models.tokenizer.Tokenizer;
import dev.pargo.models.weights.Fingerprint;
import dev.pargo.proto.v1.StageIdentity;
import dev.pargo.stage.StageProperties;
import dev.pargo.stage.status.StageMetrics;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.grpc.server.autoconfigure.GrpcServerProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;

/** Lets a vLLM server answer. Of the bundle's decoder only the embedding table is mapped; libtorch is not loaded. */
@Configuration(proxyBeanMethods = false)
@Conditional(Backend.IsVllm.class)
@EnableConfigurationProperties(VllmProperties.class)
class VllmConfiguration {

    private static final Logger log = LoggerFactory.getLogger(VllmConfiguration.class);

    /** The server does not tell in which precision it computes. Replicas of one precision are interchangeable. */
    private static final String PRECISION = "vllm";

    @Bean
    ModelBundle bundle(StageProperties properties) {
        return ModelBundle.read(properties.bundle());
    }

    @Bean
    NamedAdapters adapters() {
        return new NamedAdapters(Map.of());
    }

    @Bean
    StoredNetwork<DecoderConfig> storedModel(ModelBundle bundle) {
        return bundle.llm();
    }

    @Bean
    VllmGenerator generator(
            VllmProperties vllm,
            StoredNetwork<DecoderConfig> stored,
            Tokenizer tokenizer,
            EngineProperties properties,
            StageMetrics stageMetrics,
            EngineMetrics metrics) {
        VllmGenerator generator = VllmGenerator.connect(vllm, stored, tokenizer, properties, stageMetrics, metrics);
        log.info(
                "Answers are written by '{}' of {}, of {} tokens with their prompts",
                generator.model(),
                generator.address(),
                generator.contextTokens());
        return generator;
    }

    @Bean
    StageIdentity identity(
            ModelBundle bundle,
            StoredNetwork<DecoderConfig> stored,
            VllmGenerator generator,
            GrpcServerProperties server) {
        return StageIdentity.newBuilder()
                .setBundle(bundle.name())
                .setBundleRevision(bundle.revision())
                .setNetwork(stored.config().network())
                .setFingerprint(new Fingerprint()
                        .add("decoder", stored.fingerprint())
                        .add("vllm", generator.model())
                        .hex())
                .setPrecision(PRECISION)
                .setPrecisionReason("chosen by the server")
                .setDevice(generator.address())
                .setRandomWeights(bundle.hasRandomWeights(BundlePart.LLM))
                .setMaxMessageBytes(
                        (int) server.getInbound().getMessage().getMaxSize().toBytes())
                .build();
    }
}
