package dev.pargo.service.trace;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Tracer;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/** Provides a tracer that records nothing if traces are not sent anywhere. */
@AutoConfiguration(
        afterName =
                "org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration")
class TraceConfiguration {

    @Bean
    @ConditionalOnMissingBean
    Tracer noTracer() {
        return OpenTelemetry.noop().getTracer("pargo");
    }
}
