package dev.pargo.service.trace;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.env.Environment;

/**
 * Switches OpenTelemetry off if a process has no endpoint for traces. Micrometer's spans are always off: they would
 * trace every health check and every reading of the metrics, and the project's own code makes the spans of requests.
 */
public final class TracingFilter implements AutoConfigurationImportFilter, EnvironmentAware {

    private static final String ENDPOINT = "management.opentelemetry.tracing.export.otlp.endpoint";

    private static final List<String> OPEN_TELEMETRY =
            List.of("org.springframework.boot.opentelemetry.", "org.springframework.boot.micrometer.tracing.");

    private static final List<String> NEVER =
            List.of(".MicrometerTracingAutoConfiguration", ".OtlpLoggingAutoConfiguration");

    private boolean tracing;

    @Override
    public void setEnvironment(Environment environment) {
        tracing = !environment.getProperty(ENDPOINT, "").isBlank();
    }

    @Override
    public boolean[] match(@Nullable String[] configurations, AutoConfigurationMetadata metadata) {
        boolean[] matches = new boolean[configurations.length];
        for (int i = 0; i < configurations.length; i++) {
            String name = String.valueOf(configurations[i]);
            matches[i] = OPEN_TELEMETRY.stream().noneMatch(name::startsWith)
                    || tracing && NEVER.stream().noneMatch(name::endsWith);
        }
        return matches;
    }
}
