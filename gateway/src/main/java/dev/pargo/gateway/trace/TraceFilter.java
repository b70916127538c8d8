package dev.pargo.gateway.trace;

import dev.pargo.gateway.error.Outcome;
import dev.pargo.gateway.http.RequestBody;
import dev.pargo.gateway.http.RequestIdFilter;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.TextMapGetter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerMapping;

/**
 * Continues the trace of the client, or begins one, with a span for each request for a model. The span is current while
 * the request is answered, and its trace's id is in the log. Names and attributes are those of OpenTelemetry's semantic
 * conventions.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 1)
public final class TraceFilter extends OncePerRequestFilter {

    private static final TextMapGetter<HttpServletRequest> HEADERS = new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(HttpServletRequest request) {
            return Collections.list(request.getHeaderNames());
        }

        @Override
        public @Nullable String get(@Nullable HttpServletRequest request, String name) {
            return request == null ? null : request.getHeader(name);
        }
    };

    private static final String LOG_KEY = "traceId";

    private final Tracer tracer;

    TraceFilter(Tracer tracer) {
        this.tracer = tracer;
    }

    /** Records the model in the current request's span. */
    public static void recordModel(String model) {
        Span.current().setAttribute("gen_ai.request.model", model);
    }

    /** Records the outcome in the current request's span. */
    public static void recordEnd(Outcome outcome) {
        Span span = Span.current();
        if (outcome != Outcome.OK) {
            span.setAttribute("error.type", outcome.tag());
        }
        if (outcome != Outcome.OK && outcome != Outcome.CLIENT_ERROR) {
            span.setStatus(StatusCode.ERROR);
        }
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return !request.getMethod().equals("POST");
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        Context client = W3CTraceContextPropagator.getInstance().extract(Context.root(), request, HEADERS);
        Span span = tracer.spanBuilder("POST")
                .setParent(client)
                .setSpanKind(SpanKind.SERVER)
                .setStartTimestamp(arrival(request))
                .setAttribute("http.request.method", "POST")
                .setAttribute("url.path", request.getRequestURI())
                .setAttribute("pargo.request.id", RequestIdFilter.idOf(request))
                .startSpan();
        if (span.getSpanContext().isValid()) {
            MDC.put(LOG_KEY, span.getSpanContext().getTraceId());
        }
        try (Scope scope = client.with(span).makeCurrent()) {
            chain.doFilter(request, response);
        } finally {
            MDC.remove(LOG_KEY);
            // Known paths only: names must be few.
            @Nullable Object route = request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE);
            if (route != null) {
                span.updateName("POST " + route).setAttribute("http.route", route.toString());
            }
            span.setAttribute("http.response.status_code", response.getStatus());
            span.end();
        }
    }

    /** The headers arrived before the body was read. */
    private static Instant arrival(HttpServletRequest request) {
        @Nullable RequestBody body = RequestBody.of(request);
        return body == null
                ? Instant.now()
                : Instant.now().minus(Duration.ofNanos(System.nanoTime() - body.arrivalNanos()));
    }
}
