package dev.pargo.models.projector;

import dev.pargo.models.tensor.HostTensor;
import java.util.List;

/**
 * A projector: patch features in, visual tokens in the LLM's width out.
 *
 * <p>Thread-safe, but meant to be called by one thread at a time: a forward pass already uses the device's threads.
 */
public interface Projector extends AutoCloseable {

    /** Patch features expected of one image. */
    int inputTokens();

    /** Width of the encoder's features. */
    int inputWidth();

    /** Visual tokens of one image. */
    int outputTokens();

    /** Width of the LLM's embeddings. */
    int outputWidth();

    /**
     * Projects a batch.
     *
     * @param features tensors of shape [inputTokens, inputWidth], each float32, float16 or bfloat16
     * @return visual tokens of shape [batch, outputTokens, outputWidth] in the projector's precision
     */
    HostTensor project(List<HostTensor> features);

    @Override
    void close();
}
