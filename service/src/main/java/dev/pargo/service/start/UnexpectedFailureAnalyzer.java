package dev.pargo.service.start;

import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** The last analyzer: reports any other failure by its root cause, and says how to get its stack trace. */
@Order(Ordered.LOWEST_PRECEDENCE)
final class UnexpectedFailureAnalyzer implements FailureAnalyzer {

    @Override
    public FailureAnalysis analyze(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        return new FailureAnalysis(
                "%s: %s".formatted(root.getClass().getSimpleName(), root.getMessage()),
                "LOGGING_LEVEL_DEV_PARGO=debug shows the stack trace",
                failure);
    }
}
