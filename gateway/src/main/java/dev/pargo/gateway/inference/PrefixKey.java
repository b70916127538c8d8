package dev.pargo.gateway.inference;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.pargo.proto.v1.ChatMessage;
import dev.pargo.proto.v1.ContentPart;
import dev.pargo.proto.v1.GenerateStart;
import dev.pargo.proto.v1.PromptSegment;
import java.util.ArrayList;
import java.util.List;

/**
 * The key of prompts that should reach the same LLM, because its KV cache contains their beginning: the next turn of a
 * conversation, or another question on the same picture.
 */
final class PrefixKey {

    private static final String SYSTEM = "system";
    private static final int BEGINNING = 200;

    private final List<InferenceRequest.Image> images;
    private final List<byte[]> opening = new ArrayList<>();

    private PrefixKey(List<InferenceRequest.Image> images) {
        this.images = images;
    }

    /** A hash over the adapter, the instructions and the first picture, or else the first question. */
    static long of(InferenceRequest request) {
        PrefixKey key = new PrefixKey(request.images());
        key.add(request.start().getAdapter());
        key.read(request.start());
        return Sha256.of(key.opening.toArray(byte[][]::new))
                .asReadOnlyByteBuffer()
                .getLong();
    }

    private void read(GenerateStart start) {
        for (PromptSegment segment : start.getPromptList()) {
            if (segment.hasVisual()) {
                show(segment.getVisual());
                return;
            }
            add(segment.getText() + beginning(segment.getMarkedText()));
        }
        for (ChatMessage message : start.getConversation().getMessagesList()) {
            if (!message.getRole().equals(SYSTEM)) {
                read(message);
                return;
            }
            message.getContentList().forEach(part -> add(part.getText()));
        }
    }

    private void read(ChatMessage first) {
        first.getContentList().stream()
                .filter(ContentPart::hasVisual)
                .findFirst()
                .ifPresentOrElse(
                        picture -> show(picture.getVisual()),
                        () -> first.getContentList().forEach(part -> add(part.getText())));
    }

    /** The first words only, because prompts with the same examples differ in the question after them. */
    private static String beginning(String text) {
        return text.substring(0, Math.min(text.length(), BEGINNING));
    }

    private void add(String text) {
        opening.add(text.getBytes(UTF_8));
        opening.add(new byte[1]);
    }

    private void show(int image) {
        opening.add(images.get(image).sha256().toByteArray());
    }
}
