package dev.pargo.stage;

import dev.pargo.proto.v1.StageIdentity;
import dev.pargo.service.http.BoundedServer;
import dev.pargo.stage.call.CallHeadersInterceptor;
import dev.pargo.stage.call.CallTimer;
import dev.pargo.stage.call.Faults;
import dev.pargo.stage.call.HandlerThreads;
import dev.pargo.stage.call.TraceInterceptor;
import dev.pargo.stage.device.DeviceExecutor;
import dev.pargo.stage.status.DrainAnnouncement;
import dev.pargo.stage.status.ReadinessCheck;
import dev.pargo.stage.status.StageHealth;
import dev.pargo.stage.status.StageInfo;
import dev.pargo.stage.status.StageMetrics;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.protobuf.services.HealthStatusManager;
import io.micrometer.core.instrument.MeterRegistry;
import io.opentelemetry.api.trace.Tracer;
import java.util.concurrent.TimeUnit;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.ConfigurationPropertiesBinding;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.grpc.server.GlobalServerInterceptor;
import org.springframework.grpc.server.ServerBuilderCustomizer;

/**
 * Imported by every stage service. The service contributes its {@link DeviceExecutor}, if it has one, its {@link StageIdentity} and
 * its gRPC service; {@code stage.yml} holds the settings that all stages share.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(StageProperties.class)
public class StageConfiguration {

    /** More than the gateway's one connection needs: admission has to refuse an overload, gRPC must not queue it. */
    private static final int MAX_CALLS_PER_CONNECTION = 1_000;

    /**
     * Stream resets within {@value #RST_WINDOW_SECONDS} seconds above which a connection is closed (CVE-2023-44487).
     */
    private static final int MAX_RESETS = 2 * MAX_CALLS_PER_CONNECTION;

    private static final int RST_WINDOW_SECONDS = 30;
    /** Connections that have not been accepted yet. */
    private static final int BACKLOG = 1_000;
    /** Gateways ask several times a second. Connections without calls are of nobody who works. */
    private static final int MOST_IDLE_SECONDS = 60;

    @Bean
    StageMetrics stageMetrics(MeterRegistry registry, StageProperties properties) {
        return new StageMetrics(registry, properties.name());
    }

    /** The bean's name names the health component: {@code stage}. */
    @Bean("stage")
    StageHealth stageHealth(ObjectProvider<DeviceExecutor> device, ObjectProvider<ReadinessCheck> others) {
        return new StageHealth(device.getIfAvailable(), others.stream().toList());
    }

    @Bean
    DrainAnnouncement drainAnnouncement(HealthStatusManager health, StageProperties properties) {
        return new DrainAnnouncement(health, properties.drainAnnouncement());
    }

    @Bean
    @ConfigurationPropertiesBinding
    static BindAddress bindAddress() {
        return new BindAddress();
    }

    @Bean
    StageInfo stageInfo(StageProperties properties, StageIdentity identity) {
        return new StageInfo(properties.name(), identity);
    }

    @Bean
    Faults faults() {
        return new Faults();
    }

    @Bean
    CallTimer callTimer(StageProperties properties) {
        return new CallTimer(properties.timeLimit());
    }

    @Bean
    HandlerThreads handlerThreads() {
        return new HandlerThreads();
    }

    @Bean
    StageServices stageServices(
            StageProperties properties, CallTimer timer, StageMetrics metrics, HandlerThreads handlers) {
        return new StageServices(properties, timer, metrics, handlers);
    }

    @Bean
    @GlobalServerInterceptor
    CallHeadersInterceptor callHeaders() {
        return new CallHeadersInterceptor();
    }

    @Bean
    @GlobalServerInterceptor
    TraceInterceptor traces(Tracer tracer) {
        return new TraceInterceptor(tracer);
    }

    @Bean
    ServerBuilderCustomizer<NettyServerBuilder> timeLimit(CallTimer timer) {
        return server -> server.addStreamTracerFactory(timer.streamLimit());
    }

    @Bean
    BoundedServer boundedServer() {
        return new BoundedServer();
    }

    @Bean
    ServerBuilderCustomizer<NettyServerBuilder> connectionLimits() {
        return server -> server.maxConcurrentCallsPerConnection(MAX_CALLS_PER_CONNECTION)
                .maxRstFramesPerWindow(MAX_RESETS, RST_WINDOW_SECONDS)
                .withOption(ChannelOption.SO_BACKLOG, BACKLOG)
                .maxConnectionIdle(MOST_IDLE_SECONDS, TimeUnit.SECONDS);
    }
}
