package dev.pargo.encoder;

import dev.pargo.models.bundle.ModelBundle;
import dev.pargo.models.image.ImageCutter;
import dev.pargo.models.image.WholeImage;
import dev.pargo.models.picture.PicturePixels;
import dev.pargo.models.vision.SquareTower;
import dev.pargo.proto.v1.EncoderDescription;
import dev.pargo.proto.v1.StageIdentity;
import dev.pargo.proto.v1.TokenTensor;
import dev.pargo.stage.StageProperties;
import dev.pargo.stage.StageServices;
import dev.pargo.stage.call.BatchedStage;
import dev.pargo.stage.inference.InferenceConfiguration;
import dev.pargo.stage.inference.InferenceModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Creates a running encoder around its network. */
@Configuration(proxyBeanMethods = false)
@Import({LocalNetworkConfiguration.class, RemoteNetworkConfiguration.class, InferenceConfiguration.class})
@EnableConfigurationProperties(ImageProperties.class)
class EncoderConfiguration {

    /**
     * Most features of one forward pass: a full batch of pictures in one piece, or the largest picture that is split
     * into pieces.
     */
    static long rows(ModelBundle bundle, StageProperties properties) {
        long pictures =
                bundle.pictures() instanceof WholeImage ? properties.batch().maxSize() : 1;
        return pictures * bundle.maxFeatures();
    }

    @Bean
    EncoderDescription description(
            StageIdentity identity, FeatureNetwork network, ModelBundle bundle, ImageProperties image) {
        ImageCutter cutter = bundle.pictures();
        EncoderDescription.Builder description = EncoderDescription.newBuilder()
                .setIdentity(identity)
                .setOutput(TokenTensor.newBuilder()
                        .setTokens(Math.toIntExact(bundle.maxFeatures()))
                        .setMinTokens(cutter instanceof WholeImage ? 0 : 1)
                        .setWidth(network.config().width())
                        .addDtypes(network.dtype()))
                .setMaxImageBytes(image.maxBytes().toBytes())
                .setMaxImagePixels(image.maxPixels())
                .setMaxPiecePixels(cutter.maxPixels())
                .setLooksCloserAlone(cutter.looksCloserAlone());
        if (network.config() instanceof SquareTower tower) {
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
            FeatureNetwork network,
            StageIdentity identity,
            StageProperties properties,
            StageServices services) {
        return services.batched(
                "encode",
                new FeatureBatch(network, identity.getFingerprint(), rows(bundle, properties)),
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

    @Bean
    FileEncoding fileEncoding(ImagePreparation preparation, EncoderDescription description, FeatureNetwork network) {
        return new FileEncoding(preparation, description, network.config());
    }

    @Bean
    List<InferenceModel<PicturePixels>> inferenceModels(
            FileEncoding files,
            EncoderDescription description,
            FeatureNetwork network,
            ModelBundle bundle,
            StageProperties properties) {
        List<InferenceModel<PicturePixels>> models = new ArrayList<>();
        models.add(new PictureModel(files, description));
        if (network.config() instanceof SquareTower tower) {
            int most = Math.toIntExact(Math.max(1, rows(bundle, properties) / tower.tokens()));
            models.add(new TowerModel(tower, network.dtype(), most));
        }
        return models;
    }
}
