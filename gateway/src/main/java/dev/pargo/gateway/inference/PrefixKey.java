package dev.pargo.gateway.inference;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pargo.gateway.prompt.Conversation;

/**
 * What the prompts have in common that should meet at one LLM, because the KV cache there holds their beginning: the next
 * turn of a conversation, and another question on the same picture.
 */
final class PrefixKey {

    private PrefixKey() {}

    /** A hash over the instructions and the first picture, or over the first question if it shows none. */
    static long of(InferenceRequest request) {
        Conversation conversation = request.conversation();
        Conversation.Turn first = conversation.turns().get(0);
        String system = conversation.system() == null ? "" : conversation.system();
        byte[] opening = first.images() > 0
                ? request.images().get(0).sha256().toByteArray()
                : first.question().getBytes(UTF_8);
        return Sha256.of(system.getBytes(UTF_8), new byte[1], opening)
                .asReadOnlyByteBuffer()
                .getLong();
    }
}
