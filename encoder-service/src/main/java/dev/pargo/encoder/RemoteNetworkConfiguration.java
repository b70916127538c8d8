package dev.pargo.encoder;

import dev.pargo.models.bundle.BundlePart;
import dev.pargo.models.bundle.ModelBundle;
import dev.pargo.proto.v1.StageIdentity;
import dev.pargo.stage.StageProperties;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.util.Locale;
import javax.net.ssl.SSLException;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.grpc.server.autoconfigure.GrpcServerProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.ssl.SslManagerBundle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.core.env.Profiles;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Uses a model of another server as the encoder's network. The bundle says what goes in and what comes out. */
@Configuration(proxyBeanMethods = false)
@Conditional(RemoteNetworkConfiguration.Chosen.class)
@EnableConfigurationProperties(RemoteProperties.class)
class RemoteNetworkConfiguration {

    static final class Chosen implements Condition {

        @Override
        public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
            return !context.getEnvironment()
                    .getProperty("pargo.encoder.network", "local")
                    .equalsIgnoreCase("local");
        }
    }

    @Bean
    ModelBundle bundle(StageProperties properties) {
        return ModelBundle.read(properties.bundle());
    }

    @Bean
    RemoteNetwork network(
            ModelBundle bundle,
            RemoteProperties remote,
            StageProperties properties,
            Environment environment,
            SslBundles certificates)
            throws SSLException {
        RemoteAddress address = RemoteAddress.parse(remote.network());
        remote.checkWithin(properties.watchdog().stuckAfter());
        NettyChannelBuilder channel = NettyChannelBuilder.forAddress(address.host(), address.port());
        if (environment.acceptsProfiles(Profiles.of("tls"))) {
            SslManagerBundle managers = certificates.getBundle("pargo-live").getManagers();
            channel.sslContext(GrpcSslContexts.forClient()
                    .keyManager(managers.getKeyManagerFactory())
                    .trustManager(managers.getTrustManagerFactory())
                    .build());
        } else {
            channel.usePlaintext();
        }
        return RemoteNetwork.connect(
                channel,
                address,
                bundle.vision().config().square(),
                properties.batch().maxSize(),
                remote.networkTimeout());
    }

    @Bean
    StageIdentity identity(ModelBundle bundle, RemoteNetwork network, GrpcServerProperties server) {
        return StageIdentity.newBuilder()
                .setBundle(bundle.name())
                .setBundleRevision(bundle.revision())
                .setNetwork(network.config().network())
                .setFingerprint(network.fingerprint(bundle.visionFingerprint()))
                .setPrecision(network.dtype().name().toLowerCase(Locale.ROOT))
                .setPrecisionReason("the type of the remote model's features")
                .setDevice(network.address().toString())
                .setRandomWeights(bundle.hasRandomWeights(BundlePart.VISION))
                .setMaxMessageBytes(
                        (int) server.getInbound().getMessage().getMaxSize().toBytes())
                .build();
    }
}
