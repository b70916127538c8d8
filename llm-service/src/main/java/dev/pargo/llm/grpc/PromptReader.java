package dev.pargo.llm.grpc;

import dev.pargo.models.bundle.PictureNotation;
import dev.pargo.models.llm.PromptPart;
import dev.pargo.models.picture.PictureRows;
import dev.pargo.models.tokenizer.Tokenizer;
import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.StageError;
import dev.pargo.proto.v1.PromptSegment;
import io.grpc.StatusRuntimeException;
import java.util.List;

/**
 * Reads a prompt: each text is tokenised on its own and without special tokens, as the reference does. A picture is written as its
 * model wants it: its visual tokens, and text around and between them. Takes time in proportion to the text.
 */
final class PromptReader {

    private final Tokenizer tokenizer;
    private final PictureNotation notation;
    private final int maxTokens;

    /** @param maxTokens of a prompt */
    PromptReader(Tokenizer tokenizer, PictureNotation notation, int maxTokens) {
        this.tokenizer = tokenizer;
        this.notation = notation;
        this.maxTokens = maxTokens;
    }

    /**
     * @param segments as {@link RequestSize} has checked them
     * @param visuals  the pictures that they name
     * @throws StatusRuntimeException INVALID_FIELD, UNKNOWN_CONTROL_TOKEN, PROMPT_TOO_LONG or MALFORMED_STREAM
     */
    List<PromptPart> read(List<PromptSegment> segments, List<PictureRows> visuals) {
        PromptParts parts = new PromptParts(tokenizer);
        boolean afterText = false;
        for (PromptSegment segment : segments) {
            if (afterText && segment.hasText()) {
                parts.endText();
            }
            add(segment, visuals, parts);
            afterText = segment.hasText();
        }
        List<PromptPart> prompt = parts.toList();
        int tokens = prompt.stream().mapToInt(PromptPart::length).sum();
        if (tokens == 0) {
            throw refusal(ErrorReason.INVALID_FIELD, "the prompt is empty");
        }
        if (tokens > maxTokens) {
            throw refusal(
                    ErrorReason.PROMPT_TOO_LONG,
                    "the prompt has %d tokens, the limit is %d".formatted(tokens, maxTokens));
        }
        return prompt;
    }

    private void add(PromptSegment segment, List<PictureRows> visuals, PromptParts parts) {
        switch (segment.getSegmentCase()) {
            case TEXT -> parts.text(segment.getText());
            case CONTROL -> parts.token(control(segment.getControl()));
            case VISUAL -> write(visuals.get(segment.getVisual()), parts);
            case SEGMENT_NOT_SET -> throw refusal(ErrorReason.MALFORMED_STREAM, "an empty prompt segment");
        }
    }

    private void write(PictureRows picture, PromptParts parts) {
        int row = 0;
        for (PictureNotation.Part part : notation.write(picture.layout())) {
            if (part instanceof PictureNotation.Run run) {
                int count = run.grid().cells();
                parts.visual(new PromptPart.Visual(picture.rows().rows(row, count), run.grid()));
                row += count;
            } else if (part instanceof PictureNotation.Text text) {
                parts.words(text.text());
            }
        }
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
