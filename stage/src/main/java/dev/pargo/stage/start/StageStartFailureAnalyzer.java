package dev.pargo.stage.start;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Shows a {@link StageStartException} as its message. */
final class StageStartFailureAnalyzer extends AbstractFailureAnalyzer<StageStartException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, StageStartException cause) {
        return new FailureAnalysis(cause.getMessage(), null, cause);
    }
}
