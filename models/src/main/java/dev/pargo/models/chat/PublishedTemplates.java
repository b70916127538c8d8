package dev.pargo.models.chat;

/**
 * The chat templates of a model.
 *
 * @param origin   the file that they come from
 * @param template for conversations without tools
 * @param forTools for conversations with tools; usually the same
 */
public record PublishedTemplates(String origin, ChatTemplate template, ChatTemplate forTools) {}
