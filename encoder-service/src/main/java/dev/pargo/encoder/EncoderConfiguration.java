package dev.pargo.encoder;

import dev.pargo.models.bundle.BundlePart;
import dev.pargo.models.bundle.ModelBundle;
import dev.pargo.models.image.ImageCutter;
import dev.pargo.models.image.WholeImage;
import dev.pargo.models.memory.NetworkUse;
import dev.pargo.models.picture.PicturePixels;
import dev.pargo.models.torch.Placement;
import dev.pargo.models.vision.SquareTower;
import dev.pargo.models.vision.VisionEncoder;
import dev.pargo.proto.v1.DataType;
import dev.pargo.proto.v1.EncoderDescription;
import dev.pargo.proto.v1.StageIdentity;
import dev.pargo.proto.v1.TokenTensor;
import dev.pargo.stage.StageProperties;
import dev.pargo.stage.StageServices;
import dev.pargo.stage.call.BatchedStage;
import dev.pargo.stage.network.NetworkConfiguration;
import dev.pargo.stage.network.ServedPart;
import java.util.Locale;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Creates a running encoder from the bundle. */
@Configuration(proxyBeanMethods = false)
@Import(NetworkConfiguration.class)
@EnableConfigurationProperties(ImageProperties.class)
class EncoderConfiguration {

    @Bean
    ServedPart part(ModelBundle bundle, StageProperties properties) {
        return new ServedPart(
                BundlePart.VISION,
                bundle.vision(),
                bundle.visionFingerprint(),
                true,
                NetworkUse.ofRows(rows(bundle, properties)));
    }

    /**
     * Most features of one forward pass: a full batch of pictures in one piece, or the largest picture that is split
     * into pieces.
     */
    private static long rows(ModelBundle bundle, StageProperties properties) {
        long pictures =
                bundle.pictures() instanceof WholeImage ? properties.batch().maxSize() : 1;
        return pictures * bundle.maxFeatures();
    }

    @Bean
    VisionEncoder encoder(ModelBundle bundle, Placement placement) {
        return VisionEncoder.load(bundle.vision(), placement);
    }

    @Bean
    EncoderDescription description(
            StageIdentity identity,
            VisionEncoder encoder,
            ModelBundle bundle,
            Placement placement,
            ImageProperties image) {
        ImageCutter cutter = bundle.pictures();
        EncoderDescription.Builder description = EncoderDescription.newBuilder()
                .setIdentity(identity)
                .setOutput(TokenTensor.newBuilder()
                        .setTokens(Math.toIntExact(bundle.maxFeatures()))
                        .setMinTokens(cutter instanceof WholeImage ? 0 : 1)
                        .setWidth(encoder.config().width())
                        .addDtypes(
                                DataType.valueOf(placement.precision().dtype().name())))
                .setMaxImageBytes(image.maxBytes().toBytes())
                .setMaxImagePixels(image.maxPixels())
                .setMaxPiecePixels(cutter.maxPixels())
                .setLooksCloserAlone(cutter.looksCloserAlone());
        if (encoder.config() instanceof SquareTower tower) {
            description.setImageSize(tower.imageSize());
        }
        if (cutter instanceof WholeImage whole) {
            description.setResizeMode(whole.preprocessing().mode().name().toLowerCase(Locale.ROOT));
        }
        return description.build();
    }

    @Bean
    BatchedStage<PicturePixels> stageOfImages(
            ModelBundle bundle,
            VisionEncoder encoder,
            StageIdentity identity,
            StageProperties properties,
            StageServices services) {
        return services.batched(
                "encode",
                new FeatureBatch(encoder, identity.getFingerprint(), rows(bundle, properties)),
                ProbePicture.cut(bundle.pictures()));
    }

    @Bean
    ImagePreparation preparation(ModelBundle bundle, ImageProperties image, StageProperties properties) {
        return new ImagePreparation(
                image.limits(),
                bundle.pictures(),
                image.maxWaitingPixels(),
                ImagePreparation.memory(properties.admission().maxSize().toBytes()));
    }
}
