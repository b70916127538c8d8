package dev.pargo.gateway.chat;

import dev.pargo.gateway.json.Values;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The content of a message: a text or a list of parts; the other is null. */
public record Content(@Nullable String text, @Nullable List<Values> parts) {}
