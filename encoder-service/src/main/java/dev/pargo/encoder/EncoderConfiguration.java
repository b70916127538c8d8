package dev.pargo.encoder;

import dev.pargo.models.bundle.BundlePart;
import dev.pargo.models.bundle.ModelBundle;
import dev.pargo.models.memory.PlacementChoice;
import dev.pargo.models.memory.Workload;
import dev.pargo.models.tensor.HostTensor;
import dev.pargo.models.torch.Placement;
import dev.pargo.models.torch.TorchRuntime;
import dev.pargo.models.vision.VisionConfig;
import dev.pargo.models.vision.VisionEncoder;
import dev.pargo.proto.v1.DataType;
import dev.pargo.proto.v1.EncoderDescription;
import dev.pargo.proto.v1.StageIdentity;
import dev.pargo.proto.v1.TokenTensor;
import dev.pargo.stage.StageProperties;
import dev.pargo.stage.StageServices;
import dev.pargo.stage.call.BatchedStage;
import java.util.Locale;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.grpc.server.autoconfigure.GrpcServerProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** From the bundle to a running encoder. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(ImageProperties.class)
class EncoderConfiguration {

    @Bean
    ModelBundle bundle(StageProperties properties) {
        return ModelBundle.read(properties.bundle());
    }

    @Bean
    PlacementChoice choice(ModelBundle bundle, StageProperties properties) {
        TorchRuntime.configure(properties.threads());
        VisionConfig config = bundle.vision().config();
        long rows = (long) properties.batch().maxSize() * config.square().tokens();
        return PlacementChoice.of(
                bundle.vision(),
                properties.device(),
                properties.precision(),
                true,
                Workload.ofRows(rows),
                properties.memoryCheck());
    }

    @Bean
    Placement placement(PlacementChoice choice) {
        return choice.placement();
    }

    @Bean
    VisionEncoder encoder(ModelBundle bundle, Placement placement) {
        return VisionEncoder.load(bundle.vision(), placement);
    }

    @Bean
    StageIdentity identity(
            ModelBundle bundle, VisionEncoder encoder, PlacementChoice choice, GrpcServerProperties server) {
        return StageIdentity.newBuilder()
                .setBundle(bundle.name())
                .setBundleRevision(bundle.revision())
                .setNetwork(encoder.config().network())
                .setFingerprint(bundle.visionFingerprint())
                .setPrecision(choice.placement().precision().label())
                .setPrecisionReason(choice.reason())
                .setDevice(choice.placement().deviceLabel())
                .setRandomWeights(bundle.hasRandomWeights(BundlePart.VISION))
                .setMaxMessageBytes(
                        (int) server.getInbound().getMessage().getMaxSize().toBytes())
                .build();
    }

    @Bean
    EncoderDescription description(
            StageIdentity identity,
            VisionEncoder encoder,
            ModelBundle bundle,
            Placement placement,
            ImageProperties image) {
        return EncoderDescription.newBuilder()
                .setIdentity(identity)
                .setImageSize(encoder.config().square().imageSize())
                .setOutput(TokenTensor.newBuilder()
                        .setTokens(encoder.config().square().tokens())
                        .setWidth(encoder.config().width())
                        .addDtypes(
                                DataType.valueOf(placement.precision().dtype().name())))
                .setResizeMode(bundle.preprocessing().mode().name().toLowerCase(Locale.ROOT))
                .setMaxImageBytes(image.maxBytes().toBytes())
                .setMaxImagePixels(image.maxPixels())
                .build();
    }

    @Bean
    BatchedStage<HostTensor> stageOfImages(VisionEncoder encoder, StageIdentity identity, StageServices services) {
        return services.batched(new FeatureBatch(encoder, identity.getFingerprint()));
    }

    @Bean
    ImagePreparation preparation(ModelBundle bundle, ImageProperties image, StageProperties properties) {
        return new ImagePreparation(
                image.limits(),
                bundle.preprocessing(),
                image.maxWaitingPixels(),
                ImagePreparation.memory(properties.admission().maxSize().toBytes()));
    }
}
