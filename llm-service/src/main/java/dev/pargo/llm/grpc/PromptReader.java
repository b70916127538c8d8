package dev.pargo.llm.grpc;

import dev.pargo.models.llm.PromptPart;
import dev.pargo.models.tensor.HostTensor;
import dev.pargo.models.tokenizer.Tokenizer;
import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.StageError;
import dev.pargo.proto.v1.PromptSegment;
import io.grpc.StatusRuntimeException;
import java.util.List;

/**
 * Reads a prompt: each text segment is tokenised on its own and without special tokens, as the reference does. Takes time
 * in proportion to the text.
 */
final class PromptReader {

    private final Tokenizer tokenizer;
    private final int maxTokens;

    /** @param maxTokens of a prompt */
    PromptReader(Tokenizer tokenizer, int maxTokens) {
        this.tokenizer = tokenizer;
        this.maxTokens = maxTokens;
    }

    /**
     * @param segments as {@link RequestSize} has checked them
     * @param visuals  the tensors that they name
     * @throws StatusRuntimeException INVALID_FIELD, UNKNOWN_CONTROL_TOKEN, PROMPT_TOO_LONG or MALFORMED_STREAM
     */
    List<PromptPart> read(List<PromptSegment> segments, List<HostTensor> visuals) {
        List<PromptPart> parts = segments.stream()
                .map(segment -> part(segment, visuals))
                .filter(part -> part.length() > 0)
                .toList();
        int tokens = parts.stream().mapToInt(PromptPart::length).sum();
        if (tokens == 0) {
            throw refusal(ErrorReason.INVALID_FIELD, "the prompt is empty");
        }
        if (tokens > maxTokens) {
            throw refusal(
                    ErrorReason.PROMPT_TOO_LONG,
                    "the prompt has %d tokens, the limit is %d".formatted(tokens, maxTokens));
        }
        return parts;
    }

    private PromptPart part(PromptSegment segment, List<HostTensor> visuals) {
        return switch (segment.getSegmentCase()) {
            case TEXT -> new PromptPart.Tokens(tokenizer.encode(segment.getText()));
            case CONTROL -> new PromptPart.Tokens(new int[] {control(segment.getControl())});
            case VISUAL -> new PromptPart.Visual(visuals.get(segment.getVisual()));
            case SEGMENT_NOT_SET -> throw refusal(ErrorReason.MALFORMED_STREAM, "an empty prompt segment");
        };
    }

    private int control(String piece) {
        return tokenizer
                .controlToken(piece)
                .orElseThrow(() -> refusal(
                        ErrorReason.UNKNOWN_CONTROL_TOKEN, "the model has no control token '%s'".formatted(piece)));
    }

    private static StatusRuntimeException refusal(ErrorReason reason, String message) {
        return new StageError(reason, message).toException();
    }
}
