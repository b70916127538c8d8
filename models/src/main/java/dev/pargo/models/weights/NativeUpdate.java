package dev.pargo.models.weights;

import ai.djl.pytorch.engine.PtNDArray;

/**
 * An update of one parameter in torch's memory: {@code scale * B A}, all in float32.
 *
 * @param a     [r, in]
 * @param b     [out, r]
 * @param scale [1]
 */
public record NativeUpdate(PtNDArray a, PtNDArray b, PtNDArray scale) {}
