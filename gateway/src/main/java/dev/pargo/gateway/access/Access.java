package dev.pargo.gateway.access;

import dev.pargo.gateway.error.GatewayException;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.ServletRequest;
import java.util.Optional;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Checks every request of the public port before its body is read. POST requests, which ask for work, count against the
 * key's limits. A refused request continues without its body to {@link RefusalFilter}, which answers it.
 */
@Component
public final class Access {

    private static final String REFUSAL = Access.class.getName();
    private static final String SCHEME = "Bearer ";

    private final boolean keyed;
    private final Keys keys;
    private final AllowedHosts hosts;
    private final Caller anybody;

    Access(AccessProperties properties, Keys keys, MeterRegistry metrics) {
        this.keyed = properties.keyed();
        this.keys = keys;
        this.hosts = new AllowedHosts(properties.hosts());
        this.anybody = new Caller(ApiKey.NONE, metrics);
    }

    /** Stands before a handler. */
    public Handler before(Handler next) {
        return new Handler.Wrapper(next) {
            @Override
            public boolean handle(Request request, Response response, Callback callback) throws Exception {
                try {
                    decide(request, response);
                } catch (GatewayException refusal) {
                    request.setAttribute(REFUSAL, refusal);
                }
                return super.handle(request, response, callback);
            }
        };
    }

    /** The reason why a request is refused; null if it is allowed. */
    public static @Nullable GatewayException refusal(Request request) {
        return (GatewayException) request.getAttribute(REFUSAL);
    }

    static @Nullable Object refusal(ServletRequest request) {
        return request.getAttribute(REFUSAL);
    }

    private void decide(Request request, Response response) {
        if (!keyed && !isHealth(request) && !hosts.allow(Request.getServerName(request))) {
            throw GatewayException.forbidden(
                    "host_not_allowed",
                    "The gateway does not answer to this Host; PARGO_ALLOWED_HOSTS names those it does");
        }
        Caller caller = keyed && !isOpen(request)
                ? key(request).flatMap(keys::find).orElseThrow(Access::unauthorized)
                : anybody;
        request.setAttribute(Caller.ATTRIBUTE, caller);
        if (HttpMethod.POST.is(request.getMethod())) {
            caller.enter(response.getHeaders());
            Request.addCompletionListener(request, failure -> caller.leave());
        }
    }

    private static Optional<String> key(Request request) {
        return Optional.ofNullable(request.getHeaders().get(HttpHeader.AUTHORIZATION))
                .filter(value -> value.regionMatches(true, 0, SCHEME, 0, SCHEME.length()))
                .map(value -> value.substring(SCHEME.length()).strip());
    }

    private static GatewayException unauthorized() {
        return GatewayException.unauthorized("A valid API key is needed, in the header Authorization: Bearer KEY");
    }

    private static boolean isHealth(Request request) {
        return path(request).equals("/health");
    }

    /** Health, and the files of the page, which asks for the key itself. */
    private static boolean isOpen(Request request) {
        String path = path(request);
        boolean reads = HttpMethod.GET.is(request.getMethod()) || HttpMethod.HEAD.is(request.getMethod());
        return reads
                && (path.equals("/health")
                        || path.equals("/")
                        || path.equals("/index.html")
                        || path.equals("/favicon.svg")
                        || path.startsWith("/page/")
                        || path.startsWith("/examples/"));
    }

    /** The path if it is in canonical form; otherwise empty, so that it is not an open path. */
    private static String path(Request request) {
        String path = request.getHttpURI().getPath();
        return path != null && path.equals(request.getHttpURI().getCanonicalPath()) ? path : "";
    }
}
