package dev.pargo.gateway.chat;

import dev.pargo.gateway.json.Values;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a message says: a text, or a list of parts; the other is null. */
public record Content(@Nullable String text, @Nullable List<Values> parts) {}
