package dev.pargo.gateway.inference;

import io.grpc.Deadline;

/**
 * One request while it is worked on, on one thread.
 *
 * @param id       for logs and stages
 * @param client   whose request it is, by a name that tells nothing about the client; stages share themselves fairly between
 *                 clients
 * @param deadline when its time is up; every remote call of the request ends by then
 * @param pulse    called at least every {@link StageCall#SLICE_MILLIS} while the request waits for a stage; ends the
 *                 request by throwing
 */
public record RequestScope(String id, String client, Deadline deadline, Runnable pulse) {}
