package dev.pargo.llm;

import dev.pargo.llm.engine.Engine;
import dev.pargo.llm.engine.EngineMetrics;
import dev.pargo.llm.engine.EngineProperties;
import dev.pargo.llm.engine.ProbePrompt;
import dev.pargo.models.bundle.BundlePart;
import dev.pargo.models.bundle.ModelBundle;
import dev.pargo.models.llm.CausalLm;
import dev.pargo.models.llm.DecoderConfig;
import dev.pargo.models.memory.NetworkUse;
import dev.pargo.models.network.StoredNetwork;
import dev.pargo.models.tokenizer.Tokenizer;
import dev.pargo.models.torch.Placement;
import dev.pargo.stage.DeviceConfiguration;
import dev.pargo.stage.StageServices;
import dev.pargo.stage.device.DeviceExecutor;
import dev.pargo.stage.device.SelfCheck;
import dev.pargo.stage.network.NetworkConfiguration;
import dev.pargo.stage.network.ServedPart;
import dev.pargo.stage.status.StageMetrics;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Loads the bundle's decoder, and answers with the engine of this project. */
@Configuration(proxyBeanMethods = false)
@Conditional(Backend.IsOwn.class)
@Import({NetworkConfiguration.class, DeviceConfiguration.class})
class OwnEngineConfiguration {

    private static final Logger log = LoggerFactory.getLogger(OwnEngineConfiguration.class);

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
}
