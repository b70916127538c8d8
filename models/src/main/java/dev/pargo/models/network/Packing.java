package dev.pargo.models.network;

/**
 * The memory of a parameter that a program converts to a packed form; the loaded parameter is freed.
 *
 * @param kept      bytes of the packed form
 * @param temporary further bytes that are needed during packing
 */
public record Packing(long kept, long temporary) {}
