package dev.pargo.gateway.inference;

import io.grpc.Deadline;

/**
 * One request in progress, on one thread.
 *
 * @param id       id for logs and stages
 * @param client   opaque name of the client; stages share themselves fairly between clients
 * @param deadline end of its time; every remote call of the request ends by then
 * @param pulse    called at least every {@link StageCall#SLICE_MILLIS} while the request waits for a stage; ends the
 *                 request by throwing
 */
public record RequestScope(String id, String client, Deadline deadline, Runnable pulse) {}
