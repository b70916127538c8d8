package dev.pargo.gateway.chat;

import dev.pargo.gateway.inference.Generation;
import dev.pargo.gateway.inference.SeenPicture;
import dev.pargo.proto.v1.FinishReason;
import dev.pargo.proto.v1.GenerateStart;
import dev.pargo.proto.v1.TextDelta;
import dev.pargo.proto.v1.TokenLogprobs;
import dev.pargo.proto.v1.VisualAttention;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.http.MediaType;

/** Answers in one JSON object. */
final class WholeAnswer implements Answer {

    private final ResponseHead head;
    private final GenerateStart decoding;
    private final HttpServletResponse response;
    private final List<Collected> choices;

    /** @param decoding what the LLM was asked for */
    WholeAnswer(ResponseHead head, GenerateStart decoding, HttpServletResponse response) {
        this.head = head;
        this.decoding = decoding;
        this.response = response;
        this.choices =
                Stream.generate(Collected::new).limit(decoding.getChoices()).toList();
    }

    @Override
    public void begin(Generation generation) {}

    /** All of it leaves at the end. */
    @Override
    public boolean hasBegun() {
        return false;
    }

    @Override
    public void discard() {
        choices.forEach(Collected::discard);
    }

    @Override
    public void add(TextDelta delta) {
        choices.get(delta.getChoice()).add(delta);
    }

    @Override
    public void end(Generation generation, Stopwatch watch) throws IOException {
        List<ChatResponse.Choice> all = new ArrayList<>();
        for (int index = 0; index < choices.size(); index++) {
            all.add(choices.get(index).choice(index, decoding, generation.pictures()));
        }
        byte[] json = head.json(
                "chat.completion",
                all,
                ChatResponse.Usage.of(generation),
                ChatResponse.TimingsMillis.of(generation.timings(), watch));
        response.setContentType(MediaType.APPLICATION_JSON_VALUE);
        response.setContentLength(json.length);
        response.getOutputStream().write(json);
        response.flushBuffer();
    }

    /** One choice as far as it is written. */
    private static final class Collected {

        private final StringBuilder text = new StringBuilder();
        private final List<TokenLogprobs> logprobs = new ArrayList<>();
        private final List<VisualAttention> attention = new ArrayList<>();
        private FinishReason reason = FinishReason.STOP;

        void add(TextDelta delta) {
            text.append(delta.getText());
            logprobs.addAll(delta.getLogprobsList());
            attention.addAll(delta.getAttentionList());
            if (delta.getFinishReason() != FinishReason.FINISH_REASON_UNSPECIFIED) {
                reason = delta.getFinishReason();
            }
        }

        void discard() {
            text.setLength(0);
            logprobs.clear();
            attention.clear();
            reason = FinishReason.STOP;
        }

        ChatResponse.Choice choice(int index, GenerateStart decoding, List<SeenPicture> pictures) {
            return ChatResponse.Choice.whole(
                    index,
                    text.toString(),
                    decoding.hasTopLogprobs() ? ChoiceLogprobs.of(logprobs) : null,
                    decoding.getVisualAttention() ? ChoiceAttention.of(attention, pictures) : null,
                    ChatResponse.finishReason(reason));
        }
    }
}
