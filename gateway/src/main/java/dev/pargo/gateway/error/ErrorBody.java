package dev.pargo.gateway.error;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import tools.jackson.databind.json.JsonMapper;

/** An error in OpenAI's format. */
public record ErrorBody(Detail error) {

    private static final JsonMapper JSON = JsonMapper.shared();

    /** Fields that do not apply are null, as OpenAI sends them. */
    public record Detail(
            String message,
            String type,
            @Nullable String param,
            @Nullable String code) {}

    public static ErrorBody of(GatewayException failure) {
        return new ErrorBody(
                new Detail(failure.getMessage(), failure.problem().type(), failure.param(), failure.code()));
    }

    /** Answers with status, Retry-After and body, unless the response has already begun. */
    public static void write(GatewayException failure, HttpServletResponse response) throws IOException {
        if (response.isCommitted()) {
            return;
        }
        response.resetBuffer();
        Duration retryAfter = failure.retryAfter();
        if (retryAfter != null) {
            response.setHeader(HttpHeaders.RETRY_AFTER, String.valueOf(wholeSeconds(retryAfter)));
        }
        write(failure.problem().status(), of(failure), response);
    }

    /** The bytes of this body. */
    public byte[] json() {
        return JSON.writeValueAsBytes(this);
    }

    /** Answers with a status and a body. */
    public static void write(int status, ErrorBody body, HttpServletResponse response) throws IOException {
        byte[] json = body.json();
        response.setStatus(status);
        response.setContentType(MediaType.APPLICATION_JSON_VALUE);
        response.setContentLength(json.length);
        response.getOutputStream().write(json);
        response.flushBuffer();
    }

    private static long wholeSeconds(Duration duration) {
        return Math.max(1, duration.plusNanos(999_999_999).toSeconds());
    }
}
