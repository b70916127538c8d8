package dev.pargo.stage.inference;

import dev.pargo.proto.v1.StageIdentity;
import dev.pargo.stage.StageProperties;
import dev.pargo.stage.call.BatchedStage;
import dev.pargo.stage.status.DrainAnnouncement;
import dev.pargo.stage.status.StageHealth;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.util.List;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.grpc.server.autoconfigure.GrpcServerProperties;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.grpc.server.ServerBuilderCustomizer;

/**
 * Imported by the stages that can answer the Open Inference Protocol. The service contributes its {@link InferenceModel}s.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnBooleanProperty("pargo.stage.kserve.enabled")
@EnableConfigurationProperties(InferenceProperties.class)
public class InferenceConfiguration {

    @Bean
    <I> InferenceService<I> inferenceService(
            List<InferenceModel<I>> models,
            BatchedStage<I> stage,
            StageIdentity identity,
            StageProperties properties,
            InferenceProperties inference,
            StageHealth health,
            DrainAnnouncement drain) {
        return new InferenceService<>(
                properties.name(),
                InferenceModels.of(
                        models,
                        identity.getFingerprint(),
                        inference.maxMessage().toBytes()),
                stage,
                () -> !drain.isDraining() && health.health().getStatus().equals(Status.UP));
    }

    @Bean
    ServerBuilderCustomizer<NettyServerBuilder> messagesOfInference(
            InferenceService<?> service, GrpcServerProperties server) {
        int own = (int) server.getInbound().getMessage().getMaxSize().toBytes();
        return builder -> builder.maxInboundMessageSize(
                        Math.max(own, service.models().maxMessage()))
                .addStreamTracerFactory(new MessageLimit(own, InferMessage.METHOD.getFullMethodName()));
    }
}
