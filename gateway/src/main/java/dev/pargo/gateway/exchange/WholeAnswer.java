package dev.pargo.gateway.exchange;

import dev.pargo.gateway.inference.Generation;
import dev.pargo.gateway.inference.SeenPicture;
import dev.pargo.proto.v1.FinishReason;
import dev.pargo.proto.v1.TextDelta;
import dev.pargo.proto.v1.TokenLogprobs;
import dev.pargo.proto.v1.VisualAttention;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Answers in one JSON object. */
public final class WholeAnswer implements Answer {

    private final List<Collected> choices;
    private final AnswerWriter out;
    private final Form form;
    private @Nullable Generation first;

    /** @param choices of all prompts */
    public WholeAnswer(int choices, AnswerWriter out, Form form) {
        this.choices = Stream.generate(Collected::new).limit(choices).toList();
        this.out = out;
        this.form = form;
    }

    @Override
    public void begin(Generation generation) {
        first = generation;
    }

    /** Everything is sent at the end. */
    @Override
    public boolean hasBegun(int firstChoice, int count) {
        return false;
    }

    @Override
    public void discard(int firstChoice, int count) {
        for (Collected choice : choices.subList(firstChoice, firstChoice + count)) {
            out.memory().remove(choice.bytes);
            choice.discard();
        }
    }

    @Override
    public void add(int choice, TextDelta delta) {
        out.memory().add(delta.getSerializedSize());
        choices.get(choice).add(delta);
    }

    @Override
    public void end(Usage usage, TimingsMillis timings) throws IOException {
        List<SeenPicture> pictures = first == null ? List.of() : first.pictures();
        out.whole(form.json(
                choices.stream().map(choice -> choice.written(pictures)).toList(), usage, timings));
    }

    /** Builds a route's answer, which is written as JSON. */
    public interface Form {
        Object json(List<Written> choices, Usage usage, TimingsMillis timings);
    }

    /**
     * One choice, complete.
     *
     * @param pictures visual tokens of the request's pictures
     */
    public record Written(
            String text,
            List<TokenLogprobs> logprobs,
            List<VisualAttention> attention,
            List<SeenPicture> pictures,
            FinishReason reason) {}

    /** One choice, as far as it has been written. */
    private static final class Collected {

        private final StringBuilder text = new StringBuilder();
        private final List<TokenLogprobs> logprobs = new ArrayList<>();
        private final List<VisualAttention> attention = new ArrayList<>();
        private FinishReason reason = FinishReason.STOP;
        private int bytes;

        void add(TextDelta delta) {
            bytes += delta.getSerializedSize();
            text.append(delta.getText());
            logprobs.addAll(delta.getLogprobsList());
            attention.addAll(delta.getAttentionList());
            if (delta.getFinishReason() != FinishReason.FINISH_REASON_UNSPECIFIED) {
                reason = delta.getFinishReason();
            }
        }

        void discard() {
            bytes = 0;
            text.setLength(0);
            logprobs.clear();
            attention.clear();
            reason = FinishReason.STOP;
        }

        Written written(List<SeenPicture> pictures) {
            return new Written(text.toString(), logprobs, attention, pictures, reason);
        }
    }
}
