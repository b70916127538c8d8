package dev.pargo.llm;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Who writes the answers: {@code pargo.llm.backend}. */
enum Backend {
    /** The engine of this project. */
    OWN,
    /** A vLLM server. */
    VLLM;

    /** The configured one. */
    private static Backend of(Environment environment) {
        return Binder.get(environment).bind("pargo.llm.backend", Backend.class).orElse(OWN);
    }

    static final class IsOwn implements Condition {

        @Override
        public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
            return of(context.getEnvironment()) == OWN;
        }
    }

    static final class IsVllm implements Condition {

        @Override
        public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
            return of(context.getEnvironment()) == VLLM;
        }
    }
}
