package dev.pargo.encoder;

import dev.pargo.models.tensor.HostTensor;
import java.time.Duration;

/**
 * An image that is ready for the network.
 *
 * @param pixelValues shape [3, size, size], float32
 * @param time        spent on decoding and fitting it
 */
record PreparedImage(HostTensor pixelValues, Duration time) {}
