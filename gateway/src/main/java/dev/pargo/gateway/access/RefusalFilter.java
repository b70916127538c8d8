package dev.pargo.gateway.access;

import dev.pargo.gateway.error.ErrorBody;
import dev.pargo.gateway.error.GatewayException;
import dev.pargo.gateway.error.Problem;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Answers requests that {@link Access} has refused. It comes after the filters for the request's id and for other
 * origins, so that pages of other origins can read the reason.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 3)
final class RefusalFilter extends OncePerRequestFilter {

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        if (Access.refusal(request) instanceof GatewayException refusal) {
            if (refusal.problem() == Problem.UNAUTHORIZED) {
                response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
            }
            ErrorBody.write(refusal, response);
        } else {
            chain.doFilter(request, response);
        }
    }
}
