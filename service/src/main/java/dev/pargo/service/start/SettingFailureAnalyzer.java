package dev.pargo.service.start;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.convert.ConversionException;
import org.springframework.core.convert.ConversionFailedException;
import org.springframework.util.unit.DataSize;

/** Reports a setting with a bad value: the setting, the value and what it has to be. */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class SettingFailureAnalyzer extends AbstractFailureAnalyzer<BindException> {

    private static final Map<Class<?>, String> EXPECTED = Map.of(
            int.class, "a whole number",
            Integer.class, "a whole number",
            long.class, "a whole number",
            double.class, "a number",
            Double.class, "a number",
            boolean.class, "true or false",
            DataSize.class, "a size such as 512MB",
            Duration.class, "a time such as 30s");

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable failure, BindException cause) {
        Throwable reason = cause.getCause();
        String setting = cause.getName().toString();
        for (Throwable inner = cause.getCause(); inner != null; inner = inner.getCause()) {
            if (inner instanceof ConversionFailedException conversion) {
                Class<?> type = conversion.getTargetType().getType();
                return new FailureAnalysis(
                        "%s is '%s', but must be %s"
                                .formatted(
                                        setting,
                                        conversion.getValue(),
                                        EXPECTED.getOrDefault(type, "of type " + type.getSimpleName())),
                        null,
                        cause);
            }
            // The checks of our own records: their message names the setting.
            if (inner instanceof IllegalArgumentException && !(inner instanceof ConversionException)) {
                return new FailureAnalysis(inner.getMessage(), null, cause);
            }
            reason = inner;
        }
        return new FailureAnalysis(
                "%s cannot be used: %s".formatted(setting, reason == null ? cause.getMessage() : reason.getMessage()),
                null,
                cause);
    }
}
