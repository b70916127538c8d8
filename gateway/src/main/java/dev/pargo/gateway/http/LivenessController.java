package dev.pargo.gateway.http;

import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * The routes that load balancers and clients of other servers check. Routes for operators are on the management port.
 */
@RestController
final class LivenessController {

    /** Says only that the gateway answers; {@code /v1/models} tells which models are ready. */
    @GetMapping("/health")
    Health health() {
        return new Health("ok");
    }

    @GetMapping("/version")
    Version version() {
        @Nullable String version = LivenessController.class.getPackage().getImplementationVersion();
        return new Version(version == null ? "development" : version);
    }

    record Health(String status) {}

    record Version(String version) {}
}
