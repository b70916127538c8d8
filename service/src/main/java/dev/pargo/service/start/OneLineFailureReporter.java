package dev.pargo.service.start;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalysisReporter;

/**
 * Logs in one line why a service does not start, in place of Spring Boot's banner. The stack trace is logged at DEBUG.
 */
final class OneLineFailureReporter implements FailureAnalysisReporter {

    private static final Logger log = LoggerFactory.getLogger(OneLineFailureReporter.class);

    @Override
    public void report(FailureAnalysis analysis) {
        log.debug("Start failed", analysis.getCause());
        String action = analysis.getAction() == null ? "" : ": " + analysis.getAction();
        log.error("Cannot start: {}", (analysis.getDescription() + action).replaceAll("\\s+", " "));
    }
}
