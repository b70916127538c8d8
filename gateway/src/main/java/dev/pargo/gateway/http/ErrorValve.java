package dev.pargo.gateway.http;

import dev.pargo.gateway.error.ErrorBody;
import dev.pargo.gateway.error.Problem;
import java.io.IOException;
import java.io.Writer;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes the body of every error that nobody else has answered, such as unknown routes, wrong methods and malformed
 * requests. Public with a default constructor because Tomcat creates it by name.
 */
public final class ErrorValve extends ErrorReportValve {

    @Override
    protected void report(Request request, Response response, @Nullable Throwable failure) {
        int status = response.getStatus();
        if (status < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
            return;
        }
        response.setContentType(MediaType.APPLICATION_JSON_VALUE);
        response.setCharacterEncoding("UTF-8");
        try {
            @Nullable Writer writer = response.getReporter();
            if (writer != null) {
                writer.write(JsonMapper.shared().writeValueAsString(body(status, request)));
                response.finishResponse();
            }
        } catch (IOException clientGone) {
            // There is nobody to tell.
        }
    }

    private static ErrorBody body(int status, Request request) {
        String message = switch (status) {
            case 404 -> "Unknown route: %s %s".formatted(request.getMethod(), request.getRequestURI());
            case 405 -> "The method %s is not allowed for %s".formatted(request.getMethod(), request.getRequestURI());
            case 415 -> "The content type must be application/json";
            default -> phrase(status);
        };
        return new ErrorBody(new ErrorBody.Detail(message, type(status), null, null));
    }

    private static String phrase(int status) {
        @Nullable HttpStatus known = HttpStatus.resolve(status);
        return known == null ? "The request failed" : known.getReasonPhrase();
    }

    private static String type(int status) {
        return (status < 500 ? Problem.INVALID_REQUEST : Problem.FAILED).type();
    }
}
