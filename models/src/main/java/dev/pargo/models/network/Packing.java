package dev.pargo.models.network;

/**
 * What becomes of a loaded parameter that a program keeps in a form of its own and frees.
 *
 * @param kept      bytes of that form
 * @param temporary bytes that making it takes besides, for a moment
 */
public record Packing(long kept, long temporary) {}
