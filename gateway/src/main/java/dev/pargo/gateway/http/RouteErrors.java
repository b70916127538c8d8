package dev.pargo.gateway.http;

import dev.pargo.gateway.error.ErrorBody;
import dev.pargo.gateway.error.GatewayException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.HttpHeaders;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.servlet.resource.NoResourceFoundException;

/** Answers requests to unknown routes, and requests that routes refuse. */
@RestControllerAdvice
final class RouteErrors {

    @ExceptionHandler
    void refused(GatewayException failure, HttpServletResponse response) throws IOException {
        ErrorBody.write(failure, response);
    }

    @ExceptionHandler
    void unknownRoute(NoResourceFoundException unknown, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        refused(
                GatewayException.notFound(
                        null,
                        "unknown_route",
                        "Unknown route: %s %s".formatted(request.getMethod(), request.getRequestURI())),
                response);
    }

    @ExceptionHandler
    void wrongMethod(
            HttpRequestMethodNotSupportedException wrong, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        if (wrong.getSupportedMethods() != null) {
            response.setHeader(HttpHeaders.ALLOW, String.join(", ", wrong.getSupportedMethods()));
        }
        refused(
                GatewayException.methodNotAllowed(
                        "The method %s is not allowed for %s".formatted(request.getMethod(), request.getRequestURI())),
                response);
    }
}
