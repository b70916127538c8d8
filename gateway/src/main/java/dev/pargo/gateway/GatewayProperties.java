package dev.pargo.gateway;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Limits of the gateway.
 *
 * @param requestTimeout        Time for one request, from its first byte read to its last byte answered.
 * @param maxBody               Largest request body.
 * @param maxConcurrentRequests Chat requests that are worked on at once; more are refused with 429.
 * @param maxConcurrentBytes    Request bodies held at once, in bytes; more are refused with 429.
 * @param maxVisualBytes        Visual tokens on their way to LLMs at once, in bytes; more are refused with 429.
 * @param maxImages             Most images in one request.
 * @param heartbeat             Time between two comments on a silent event stream.
 * @param visualCache           Memory for the visual tokens of images that have been seen lately; 0 for none.
 */
@ConfigurationProperties("pargo.gateway")
public record GatewayProperties(
        @DefaultValue("120s") Duration requestTimeout,
        @DefaultValue("32MB") DataSize maxBody,
        @DefaultValue("256") int maxConcurrentRequests,
        @DefaultValue("128MB") DataSize maxConcurrentBytes,
        @DefaultValue("128MB") DataSize maxVisualBytes,
        @DefaultValue("4") int maxImages,
        @DefaultValue("15s") Duration heartbeat,
        @DefaultValue("256MB") DataSize visualCache) {}
