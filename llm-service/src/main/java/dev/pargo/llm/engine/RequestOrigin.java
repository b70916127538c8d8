package dev.pargo.llm.engine;

/**
 * Where a request comes from.
 *
 * @param id     of the request, for the log
 * @param client opaque name of the client that sent it; clients share the device fairly
 */
public record RequestOrigin(String id, String client) {}
