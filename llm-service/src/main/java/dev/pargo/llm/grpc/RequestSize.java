package dev.pargo.llm.grpc;

import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.StageError;
import dev.pargo.proto.v1.ChatMessage;
import dev.pargo.proto.v1.ContentPart;
import dev.pargo.proto.v1.Conversation;
import dev.pargo.proto.v1.GenerateStart;
import dev.pargo.proto.v1.LlmDescription;
import dev.pargo.proto.v1.PromptSegment;
import io.grpc.StatusRuntimeException;
import java.util.List;

/**
 * The size of a request, computed from its start without tokenising the text. It is enough to refuse requests that can
 * never fit, and to admit the others by their size before any work.
 */
final class RequestSize {

    /** Memory for a byte of text: at most one token (an id and a key), and the text as bytes and as a string. */
    private static final int MEMORY_PER_TEXT_BYTE = Integer.BYTES + Long.BYTES + 2;

    /** Memory for a byte of a conversation's text: also the copies that a template reads and writes. */
    private static final int MEMORY_PER_WRITTEN_BYTE = MEMORY_PER_TEXT_BYTE + 4 * Character.BYTES;

    /** Memory for a message or a part, as a template reads it. */
    private static final int MEMORY_PER_PIECE = 512;

    private final GenerateStart start;
    private final LlmDescription description;

    private RequestSize(GenerateStart start, LlmDescription description) {
        this.start = start;
        this.description = description;
    }

    /**
     * Memory that the request's prompt will take, in bytes.
     *
     * @throws StatusRuntimeException INVALID_FIELD, PROMPT_TOO_LONG or MALFORMED_STREAM if it can never be answered
     */
    static long check(GenerateStart start, LlmDescription description) {
        return new RequestSize(start, description).check();
    }

    private long check() {
        requireAtMost(description.getMaxVisualTensors(), start.getVisualTokensCount(), "images");
        boolean[] placed = new boolean[start.getVisualTokensCount()];
        return start.hasConversation() ? conversation(placed) : prompt(placed);
    }

    private long prompt(boolean[] placed) {
        requireAtMost(description.getLimits().getPromptSegments(), start.getPromptCount(), "segments");
        long text = 0;
        long tokens = 0;
        for (PromptSegment segment : start.getPromptList()) {
            switch (segment.getSegmentCase()) {
                case TEXT -> text += segment.getTextBytes().size();
                case MARKED_TEXT -> text += segment.getMarkedTextBytes().size();
                case CONTROL -> tokens++;
                case TOKENS -> tokens += known(segment.getTokens().getIdsList());
                case VISUAL -> tokens += placed(segment.getVisual(), placed);
                case SEGMENT_NOT_SET -> throw refusal(ErrorReason.MALFORMED_STREAM, "an empty prompt segment");
            }
        }
        requireText(text);
        requireTokens(tokens);
        return visualBytes(placed) + text * MEMORY_PER_TEXT_BYTE;
    }

    private long conversation(boolean[] placed) {
        Conversation conversation = start.getConversation();
        if (start.getPromptCount() > 0 || conversation.getMessagesCount() == 0) {
            throw refusal(
                    ErrorReason.MALFORMED_STREAM, "a request has either a prompt or a conversation with messages");
        }
        int pieces = conversation.getToolsCount();
        int pictures = 0;
        long tokens = 0;
        for (ChatMessage message : conversation.getMessagesList()) {
            pieces += 1 + message.getContentCount() + message.getToolCallsCount();
            for (ContentPart part : message.getContentList()) {
                if (part.hasVisual()) {
                    if (part.getVisual() != pictures++) {
                        throw refusal(ErrorReason.MALFORMED_STREAM, "visual tensors that are not in order");
                    }
                    tokens += placed(part.getVisual(), placed);
                }
            }
        }
        requireAtMost(description.getLimits().getConversationPieces(), pieces, "messages and parts");
        // Nearly all of it is text.
        long text = conversation.getSerializedSize() - 4L * pieces;
        requireText(text);
        requireTokens(tokens);
        return visualBytes(placed) + text * MEMORY_PER_WRITTEN_BYTE + (long) pieces * MEMORY_PER_PIECE;
    }

    private void requireTokens(long tokens) {
        int most = description.getContextTokens() - 1;
        if (tokens > most) {
            throw refusal(
                    ErrorReason.PROMPT_TOO_LONG,
                    "the prompt has %d tokens besides its text, the limit is %d".formatted(tokens, most));
        }
    }

    private int known(List<Integer> ids) {
        for (int id : ids) {
            if (id < 0 || id >= description.getVocabulary()) {
                throw refusal(
                        ErrorReason.INVALID_FIELD,
                        "the prompt has the token %d, but the ids are 0 to %d"
                                .formatted(id, description.getVocabulary() - 1));
            }
        }
        return ids.size();
    }

    private int placed(int index, boolean[] placed) {
        if (index < 0 || index >= placed.length) {
            throw refusal(
                    ErrorReason.MALFORMED_STREAM,
                    "the prompt names visual tensor %d of %d".formatted(index, placed.length));
        }
        placed[index] = true;
        return Math.max(0, start.getVisualTokens(index));
    }

    /**
     * Checks that every announced tensor has tokens and a place in the prompt, so that all together have at most as
     * many tokens as the prompt.
     */
    private long visualBytes(boolean[] placed) {
        long bytes = 0;
        for (int i = 0; i < placed.length; i++) {
            int tokens = start.getVisualTokens(i);
            if (tokens < 1 || !placed[i]) {
                throw refusal(
                        ErrorReason.INVALID_FIELD,
                        "visual_tokens[%d] is %d, but must be at least 1 and have its place in the prompt"
                                .formatted(i, tokens));
            }
            bytes += (long) tokens * description.getVisualInput().getWidth() * Float.BYTES;
        }
        return bytes;
    }

    private void requireText(long bytes) {
        int most = description.getLimits().getPromptBytes();
        if (bytes > most) {
            throw refusal(
                    ErrorReason.PROMPT_TOO_LONG,
                    "the prompt has %d bytes of text, the limit is %d".formatted(bytes, most));
        }
    }

    private static void requireAtMost(int most, int given, String what) {
        if (given > most) {
            throw refusal(
                    ErrorReason.INVALID_FIELD, "the prompt has %d %s, the limit is %d".formatted(given, what, most));
        }
    }

    private static StatusRuntimeException refusal(ErrorReason reason, String message) {
        return new StageError(reason, message).toException();
    }
}
