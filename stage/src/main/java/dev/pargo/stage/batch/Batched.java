package dev.pargo.stage.batch;

import java.time.Duration;

/**
 * One request's share of a batch.
 *
 * @param output      the network's output for this request
 * @param queueTime   from submission to the start of the batch
 * @param networkTime the forward pass, of the whole batch
 * @param batchSize   requests in the batch
 */
public record Batched<O>(O output, Duration queueTime, Duration networkTime, int batchSize) {}
