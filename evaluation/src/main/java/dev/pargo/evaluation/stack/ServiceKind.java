package dev.pargo.evaluation.stack;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** The four services of a stack. */
public enum ServiceKind {
    ENCODER,
    PROJECTOR,
    LLM,
    GATEWAY;

    public static final List<ServiceKind> STAGES = List.of(ENCODER, PROJECTOR, LLM);

    /** Its name in lower case. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    Path jar() {
        String module = this == GATEWAY ? "gateway" : label() + "-service";
        return Repository.file("%s/target/%s.jar".formatted(module, module));
    }
}
