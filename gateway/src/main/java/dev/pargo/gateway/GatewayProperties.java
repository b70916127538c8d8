package dev.pargo.gateway;

import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Limits of the gateway.
 *
 * @param requestTimeout        Time for one request, from its first byte read to its last byte answered.
 * @param maxBody               Largest request body.
 * @param maxConcurrentRequests Chat requests in progress at the same time; more are refused with 429.
 * @param maxConcurrentBytes    Memory for request bodies, all together; at least twice {@code maxBody}.
 * @param bodyWindow            Time for which a body may arrive more slowly than the least rate.
 * @param leastBodyRate         Smallest rate at which a body must arrive, in bytes per second.
 * @param maxConnections        Connections at the same time. If all are taken, idle ones are closed after a second.
 * @param maxConnectionsPerAddress Connections at the same time from one address. A proxy counts as one address.
 * @param corsOrigins           Origins whose pages may call the gateway, such as {@code https://example.org}; none by
 *                              default.
 * @param maxVisualBytes        Visual tokens on their way to LLMs at the same time, in bytes; more are refused with
 *                       429.
 * @param maxAnswerBytes Memory of answers that are sent as a whole, at most a quarter of the heap; more are refused with
 *     429.
 * @param maxImages             Most images in one request; the model has a limit of its own.
 * @param picturesAtOnce        Pictures of one request that are encoded and projected at the same time.
 * @param heartbeat             Time between two comments on a silent event stream.
 * @param visualCache           Memory for the visual tokens of recently used images, at most a quarter of the heap; 0
 *     for none.
 */
@ConfigurationProperties("pargo.gateway")
public record GatewayProperties(
        @DefaultValue("120s") Duration requestTimeout,
        @DefaultValue("32MB") DataSize maxBody,
        @DefaultValue("256") int maxConcurrentRequests,
        @DefaultValue("128MB") DataSize maxConcurrentBytes,
        @DefaultValue("5s") Duration bodyWindow,
        @DefaultValue("4KB") DataSize leastBodyRate,
        @DefaultValue("8192") int maxConnections,
        @DefaultValue("4096") int maxConnectionsPerAddress,
        @DefaultValue List<String> corsOrigins,
        @DefaultValue("128MB") DataSize maxVisualBytes,
        @DefaultValue("128MB") DataSize maxAnswerBytes,
        @DefaultValue("64") int maxImages,
        @DefaultValue("8") int picturesAtOnce,
        @DefaultValue("15s") Duration heartbeat,
        @DefaultValue("256MB") DataSize visualCache) {}
