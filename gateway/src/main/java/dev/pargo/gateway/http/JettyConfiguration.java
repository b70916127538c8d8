package dev.pargo.gateway.http;

import dev.pargo.gateway.GatewayProperties;
import dev.pargo.gateway.access.Access;
import dev.pargo.service.http.ConnectionLimits;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Set;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Server;
import org.springframework.boot.jetty.servlet.JettyServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.StringUtils;

/** Configures the gateway's server: its bounds, and the handlers before its routes. */
@Configuration(proxyBeanMethods = false)
class JettyConfiguration {

    @Bean
    BodyMemory bodyMemory(GatewayProperties properties, MeterRegistry metrics) {
        long capacity = properties.maxConcurrentBytes().toBytes();
        if (capacity < 2 * properties.maxBody().toBytes()) {
            throw new IllegalArgumentException(
                    "pargo.gateway.max-concurrent-bytes must be at least twice pargo.gateway.max-body");
        }
        BodyMemory memory = new BodyMemory(capacity);
        Gauge.builder("pargo.gateway.bodies.held", memory, BodyMemory::used)
                .description("Memory of request bodies")
                .baseUnit("bytes")
                .register(metrics);
        return memory;
    }

    @Bean
    WebServerFactoryCustomizer<JettyServletWebServerFactory> door(
            GatewayProperties properties, BodyMemory memory, Access access) {
        BodyRules rules = new BodyRules(
                JettyConfiguration::readsBody,
                properties.maxBody().toBytes(),
                properties.requestTimeout(),
                properties.bodyWindow(),
                properties.leastBodyRate().toBytes());
        return factory -> factory.addServerCustomizers(server -> {
            answerErrorsInJson(server, properties.corsOrigins());
            server.setHandler(access.before(new BodyHandler(rules, memory, server.getHandler())));
            new ConnectionLimits(properties.maxConnections(), properties.maxConnectionsPerAddress()).apply(server);
        });
    }

    private static final Set<String> ROUTES_WITH_BODIES = Set.of(
            "/v1/chat/completions", "/v1/completions", "/v1/responses", "/v1/attention", "/tokenize", "/detokenize");

    private static boolean readsBody(Request request) {
        return Access.refusal(request) == null
                && HttpMethod.POST.is(request.getMethod())
                && ROUTES_WITH_BODIES.contains(
                        StringUtils.trimTrailingCharacter(request.getHttpURI().getCanonicalPath(), '/'));
    }

    static void answerErrorsInJson(Server server, List<String> corsOrigins) {
        JsonErrorHandler errors = new JsonErrorHandler(corsOrigins);
        server.setErrorHandler(errors);
        server.getDescendants(ServletContextHandler.class).forEach(context -> context.setErrorHandler(errors));
    }
}
