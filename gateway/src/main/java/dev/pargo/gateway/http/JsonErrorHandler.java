package dev.pargo.gateway.http;

import dev.pargo.gateway.error.ErrorBody;
import dev.pargo.gateway.error.Problem;
import java.nio.ByteBuffer;
import java.util.List;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;

/** Writes the body of errors outside the routes, such as malformed requests and too large headers. */
final class JsonErrorHandler extends ErrorHandler {

    private final List<String> corsOrigins;

    /** @param corsOrigins origins whose pages may read the errors */
    JsonErrorHandler(List<String> corsOrigins) {
        this.corsOrigins = corsOrigins;
    }

    @Override
    public boolean errorPageForMethod(String method) {
        return true;
    }

    @Override
    protected void generateResponse(
            Request request,
            Response response,
            int status,
            @Nullable String message,
            @Nullable Throwable cause,
            Callback callback) {
        response.setStatus(status);
        if (!request.getConnectionMetaData().isPersistent()) {
            response.getHeaders().put(HttpHeader.CONNECTION, HttpHeaderValue.CLOSE);
        }
        allowOrigin(request, response);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, MediaType.APPLICATION_JSON_VALUE);
        Problem problem = status < 500 ? Problem.INVALID_REQUEST : Problem.FAILED;
        byte[] json = new ErrorBody(new ErrorBody.Detail(text(status), problem.type(), null, null)).json();
        response.write(true, ByteBuffer.wrap(json), callback);
    }

    /** If the headers cannot be read, the origin is unknown. If only one origin is configured, it is used. */
    private void allowOrigin(Request request, Response response) {
        @Nullable String told = request.getHeaders().get(HttpHeader.ORIGIN);
        @Nullable String origin = told == null && corsOrigins.size() == 1 ? corsOrigins.get(0) : told;
        if (origin != null
                && corsOrigins.contains(origin)
                && !response.getHeaders().contains(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN)) {
            response.getHeaders().put(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            response.getHeaders().add(HttpHeader.VARY, HttpHeader.ORIGIN.asString());
        }
    }

    private static String text(int status) {
        if (status == HttpStatus.REQUEST_HEADER_FIELDS_TOO_LARGE.value()) {
            return "The headers of the request are too large";
        }
        @Nullable HttpStatus known = HttpStatus.resolve(status);
        return known == null ? "The request failed" : known.getReasonPhrase();
    }
}
