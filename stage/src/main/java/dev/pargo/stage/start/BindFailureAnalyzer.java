package dev.pargo.stage.start;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.env.Environment;

/** Names the gRPC port that could not be opened; Spring Boot does it for HTTP. */
final class BindFailureAnalyzer extends AbstractFailureAnalyzer<IOException> {

    private final Environment environment;

    BindFailureAnalyzer(Environment environment) {
        this.environment = environment;
    }

    /** Netty's own exception is of a private class, so gRPC's message has to do. */
    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, IOException cause) {
        if (cause.getMessage() == null || !cause.getMessage().startsWith("Failed to bind")) {
            return null;
        }
        String port = environment.getProperty("spring.grpc.server.port");
        return new FailureAnalysis("gRPC port %s is taken or may not be opened".formatted(port), null, cause);
    }
}
