package dev.pargo.models.vision;

import dev.pargo.models.config.JsonConfig;

/** Activations of an MLP, in the order of {@code activation} in nn.py. */
public enum Activation {
    GELU("gelu"),
    /** {@code x * sigmoid(1.702 x)} */
    QUICK_GELU("quick_gelu"),
    GELU_TANH("gelu_pytorch_tanh");

    private final String published;

    Activation(String published) {
        this.published = published;
    }

    static Activation read(JsonConfig section, String field, Activation otherwise) {
        String name = section.string(field, otherwise.published);
        for (Activation activation : values()) {
            if (activation.published.equals(name)) {
                return activation;
            }
        }
        throw section.unknown(field, name, "gelu, quick_gelu, gelu_pytorch_tanh");
    }
}
