package dev.pargo.llm.grpc;

import dev.pargo.models.llm.PromptPart;
import dev.pargo.models.tensor.DType;
import dev.pargo.models.tensor.HostTensor;
import dev.pargo.models.tokenizer.Tokenizer;
import dev.pargo.proto.ErrorReason;
import dev.pargo.proto.StageError;
import dev.pargo.proto.TensorAssembler;
import dev.pargo.proto.TensorSpec;
import dev.pargo.proto.WireTensor;
import dev.pargo.proto.v1.GenerateStart;
import dev.pargo.proto.v1.PromptSegment;
import dev.pargo.proto.v1.RequestLimits;
import dev.pargo.proto.v1.TensorChunk;
import dev.pargo.proto.v1.TokenTensor;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Reads one prompt: text and control tokens when the request starts, then its visual tensors in order. Each text segment
 * is tokenised on its own and without special tokens, as the reference does. Not thread-safe.
 */
final class PromptReader {

    private final TokenTensor visualInput;
    private final List<Segment> segments;
    private final List<Integer> visualTokens;
    private final List<HostTensor> visual = new ArrayList<>();
    private TensorAssembler assembler;

    /** A segment in the prompt's order: token ids, or the index of a visual tensor. */
    private sealed interface Segment {
        record Ids(int[] ids) implements Segment {}

        record Visual(int index) implements Segment {}
    }

    /**
     * @param visualInput what a visual tensor must be
     * @param maxPrompt   most tokens of the prompt
     * @param maxVisual   most visual tensors
     * @param limits      of the text
     * @throws io.grpc.StatusRuntimeException INVALID_FIELD, UNKNOWN_CONTROL_TOKEN, PROMPT_TOO_LONG or MALFORMED_STREAM
     */
    PromptReader(
            GenerateStart start,
            Tokenizer tokenizer,
            TokenTensor visualInput,
            int maxPrompt,
            int maxVisual,
            RequestLimits limits) {
        checkSize(start, limits);
        this.visualInput = visualInput;
        this.visualTokens = start.getVisualTokensList();
        if (visualTokens.size() > maxVisual) {
            throw refuse(
                    ErrorReason.INVALID_FIELD,
                    "the prompt has %d images, the limit is %d".formatted(visualTokens.size(), maxVisual));
        }
        checkVisuals(start);
        this.segments = start.getPromptList().stream()
                .map(segment -> segment(segment, tokenizer))
                .toList();
        long tokens = segments.stream().mapToLong(this::length).sum();
        if (tokens == 0) {
            throw refuse(ErrorReason.INVALID_FIELD, "the prompt is empty");
        }
        if (tokens > maxPrompt) {
            throw refuse(
                    ErrorReason.PROMPT_TOO_LONG,
                    "the prompt has %d tokens, the limit is %d".formatted(tokens, maxPrompt));
        }
        this.assembler = nextAssembler();
    }

    /** Before anything is tokenised. */
    private static void checkSize(GenerateStart start, RequestLimits limits) {
        if (start.getPromptCount() > limits.getPromptSegments()) {
            throw refuse(
                    ErrorReason.INVALID_FIELD,
                    "the prompt has %d segments, the limit is %d"
                            .formatted(start.getPromptCount(), limits.getPromptSegments()));
        }
        int bytes = start.getPromptList().stream()
                .mapToInt(segment -> segment.getTextBytes().size())
                .sum();
        if (bytes > limits.getPromptBytes()) {
            throw refuse(
                    ErrorReason.PROMPT_TOO_LONG,
                    "the prompt has %d bytes of text, the limit is %d".formatted(bytes, limits.getPromptBytes()));
        }
    }

    /** Every tensor that is announced has tokens, and a place in the prompt. */
    private static void checkVisuals(GenerateStart start) {
        BitSet placed = new BitSet();
        start.getPromptList().stream()
                .filter(segment -> segment.hasVisual() && segment.getVisual() >= 0)
                .forEach(segment -> placed.set(segment.getVisual()));
        for (int i = 0; i < start.getVisualTokensCount(); i++) {
            if (start.getVisualTokens(i) < 1 || !placed.get(i)) {
                throw refuse(
                        ErrorReason.INVALID_FIELD,
                        "visual_tokens[%d] is %d, but must be at least 1 and have its place in the prompt"
                                .formatted(i, start.getVisualTokens(i)));
            }
        }
    }

    /** Bytes that the visual tensors will take. */
    long visualBytes() {
        return visualTokens.stream()
                .mapToLong(tokens -> (long) tokens * visualInput.getWidth() * Float.BYTES)
                .sum();
    }

    /** Takes the next chunk of a visual tensor. */
    void accept(TensorChunk chunk) {
        if (isComplete()) {
            throw refuse(ErrorReason.MALFORMED_STREAM, "a visual tensor that the request did not announce");
        }
        assembler.accept(chunk);
        if (assembler.isComplete()) {
            WireTensor tensor = assembler.finish();
            visual.add(new HostTensor(
                    DType.valueOf(tensor.header().getDtype().name()),
                    new long[] {visualTokens.get(visual.size()), visualInput.getWidth()},
                    tensor.data()));
            assembler = nextAssembler();
        }
    }

    private boolean isComplete() {
        return visual.size() == visualTokens.size();
    }

    /** The whole prompt; to be called when the stream has ended. */
    List<PromptPart> finish() {
        if (!isComplete()) {
            throw refuse(
                    ErrorReason.MALFORMED_STREAM,
                    "the stream ended after %d of %d visual tensors".formatted(visual.size(), visualTokens.size()));
        }
        List<PromptPart> parts = new ArrayList<>();
        for (Segment segment : segments) {
            if (segment instanceof Segment.Ids text) {
                if (text.ids().length > 0) {
                    parts.add(new PromptPart.Tokens(text.ids()));
                }
            } else if (segment instanceof Segment.Visual image) {
                parts.add(new PromptPart.Visual(visual.get(image.index())));
            }
        }
        return parts;
    }

    private TensorAssembler nextAssembler() {
        int tokens = isComplete() ? 1 : visualTokens.get(visual.size());
        return new TensorAssembler(TensorSpec.exactly(
                TensorSpec.VISUAL_TOKENS,
                visualInput.toBuilder().setTokens(tokens).build()));
    }

    private Segment segment(PromptSegment segment, Tokenizer tokenizer) {
        return switch (segment.getSegmentCase()) {
            case TEXT -> new Segment.Ids(tokenizer.encode(segment.getText()));
            case CONTROL ->
                new Segment.Ids(new int[] {
                    tokenizer
                            .controlToken(segment.getControl())
                            .orElseThrow(() -> refuse(
                                    ErrorReason.UNKNOWN_CONTROL_TOKEN,
                                    "the model has no control token '%s'".formatted(segment.getControl())))
                });
            case VISUAL -> visualSegment(segment.getVisual());
            case SEGMENT_NOT_SET -> throw refuse(ErrorReason.MALFORMED_STREAM, "an empty prompt segment");
        };
    }

    private Segment visualSegment(int index) {
        if (index < 0 || index >= visualTokens.size()) {
            throw refuse(
                    ErrorReason.MALFORMED_STREAM,
                    "the prompt names visual tensor %d of %d".formatted(index, visualTokens.size()));
        }
        return new Segment.Visual(index);
    }

    private int length(Segment segment) {
        if (segment instanceof Segment.Ids text) {
            return text.ids().length;
        }
        return visualTokens.get(((Segment.Visual) segment).index());
    }

    private static RuntimeException refuse(ErrorReason reason, String message) {
        return new StageError(reason, message).toException();
    }
}
