package dev.pargo.stage.start;

import java.net.BindException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.env.Environment;

/** Names the gRPC address that could not be opened; Spring Boot does it for HTTP. */
final class BindFailureAnalyzer extends AbstractFailureAnalyzer<BindException> {

    private final Environment environment;

    BindFailureAnalyzer(Environment environment) {
        this.environment = environment;
    }

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, BindException cause) {
        String address = environment.getProperty("spring.grpc.server.address", "*");
        String port = environment.getProperty("spring.grpc.server.port");
        return new FailureAnalysis(
                "The gRPC address %s:%s is taken or not ours.".formatted(address, port), null, cause);
    }
}
