package dev.pargo.gateway.http;

import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The routes that load balancers and clients of other servers look at. What operators need is on the management port. */
@RestController
final class LivenessController {

    /** The gateway answers; whether models do is told by {@code /v1/models}. */
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
