package dev.pargo.evaluation.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests a parameter of type {@link RunningStack}: one stack with pargo-mini in float32, started for the first test
 * that wants it and stopped after the last. Tests leave it as they found it.
 */
public final class SharedStack implements ParameterResolver {

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == RunningStack.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getRoot()
                .getStore(ExtensionContext.Namespace.create(SharedStack.class))
                .computeIfAbsent(RunningStack.class, key -> start(), RunningStack.class);
    }

    private static RunningStack start() {
        try {
            return RunningStack.start(Bundles.PARGO_MINI, Map.of());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
