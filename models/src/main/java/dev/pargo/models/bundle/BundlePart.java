package dev.pargo.models.bundle;

import java.util.Locale;

/** The networks of a bundle. */
public enum BundlePart {
    VISION,
    PROJECTOR,
    LLM;

    /** The name of this part's section in a manifest. */
    String section() {
        return name().toLowerCase(Locale.ROOT);
    }
}
