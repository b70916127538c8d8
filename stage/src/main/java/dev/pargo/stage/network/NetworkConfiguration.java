package dev.pargo.stage.network;

import dev.pargo.models.bundle.ModelBundle;
import dev.pargo.models.memory.PlacementChoice;
import dev.pargo.models.torch.Placement;
import dev.pargo.models.torch.TorchRuntime;
import dev.pargo.proto.v1.StageIdentity;
import dev.pargo.stage.StageProperties;
import org.springframework.boot.grpc.server.autoconfigure.GrpcServerProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Imported by every stage that serves a part of a bundle. The service contributes its {@link ServedPart} and loads the network. */
@Configuration(proxyBeanMethods = false)
public class NetworkConfiguration {

    @Bean
    ModelBundle bundle(StageProperties properties) {
        return ModelBundle.read(properties.bundle());
    }

    @Bean
    PlacementChoice choice(ServedPart part, StageProperties properties) {
        TorchRuntime.configure(properties.threads());
        return PlacementChoice.of(
                part.network(),
                properties.device(),
                properties.precision(),
                part.packsWeights(),
                part.use(),
                properties.memoryCheck());
    }

    @Bean
    Placement placement(PlacementChoice choice) {
        return choice.placement();
    }

    @Bean
    StageIdentity identity(ModelBundle bundle, ServedPart part, PlacementChoice choice, GrpcServerProperties server) {
        return StageIdentity.newBuilder()
                .setBundle(bundle.name())
                .setBundleRevision(bundle.revision())
                .setNetwork(part.network().config().network())
                .setFingerprint(part.fingerprint())
                .setPrecision(choice.placement().precision().label())
                .setPrecisionReason(choice.reason())
                .setDevice(choice.placement().deviceLabel())
                .setRandomWeights(bundle.hasRandomWeights(part.part()))
                .setMaxMessageBytes(
                        (int) server.getInbound().getMessage().getMaxSize().toBytes())
                .build();
    }
}
