package dev.pargo.encoder;

import dev.pargo.models.bundle.BundlePart;
import dev.pargo.models.bundle.ModelBundle;
import dev.pargo.models.memory.NetworkUse;
import dev.pargo.models.torch.Placement;
import dev.pargo.models.vision.VisionEncoder;
import dev.pargo.proto.v1.DataType;
import dev.pargo.stage.StageProperties;
import dev.pargo.stage.network.NetworkConfiguration;
import dev.pargo.stage.network.ServedPart;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Loads the bundle's encoder. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty(name = "pargo.encoder.network", matchIfMissing = true, havingValue = "local")
@Import(NetworkConfiguration.class)
class LocalNetworkConfiguration {

    @Bean
    ServedPart part(ModelBundle bundle, StageProperties properties) {
        return new ServedPart(
                BundlePart.VISION,
                bundle.vision(),
                bundle.visionFingerprint(),
                true,
                NetworkUse.ofRows(EncoderConfiguration.rows(bundle, properties)));
    }

    @Bean
    VisionEncoder encoder(ModelBundle bundle, Placement placement) {
        return VisionEncoder.load(bundle.vision(), placement);
    }

    @Bean
    LocalNetwork network(VisionEncoder encoder, Placement placement) {
        return new LocalNetwork(
                encoder, DataType.valueOf(placement.precision().dtype().name()));
    }
}
